"""API.md's residents' part, called as a widget calls it, against the whole running service."""

from __future__ import annotations

import re
import uuid

import pytest
import requests

from tests.resident import Resident

pytestmark = pytest.mark.service


@pytest.fixture
def resident(service):
    return Resident(service.address)


def test_a_conversation_opens_with_a_greeting_in_the_page_language(service):
    for language, word in (("fi", "Verkkoapu"), ("sv", "Webbhjälpen"), ("en", "Web help")):
        opened = Resident(service.address, language).opened
        assert opened["state"] == "bot" and opened["language"] == language
        (greeting,) = opened["messages"]
        assert greeting["kind"] == "greeting" and greeting["from"] == "bot" and word in greeting["text"]


def test_an_unknown_page_language_falls_back_to_one_on_offer(service):
    assert Resident(service.address, "de").opened["language"] == "fi"
    assert Resident(service.address, "sv-FI").opened["language"] == "sv"
    assert Resident(service.address, None).opened["language"] == "fi"


@pytest.mark.parametrize(("language", "question", "topic"), [
    ("fi", "miten varaan ajan hammaslääkärille", "dental-care"),
    ("sv", "hur bokar jag tid hos tandläkaren", "dental-care"),
    ("en", "how do I renew my prescription", "prescription-renewal"),
])
def test_a_question_is_answered_with_the_topic_and_a_number_to_call(service, language, question, topic):
    (answer, *_rest) = Resident(service.address, language).say(question)
    assert (answer["kind"], answer["topic"], answer["lang"]) == ("answer", topic, language)
    assert any(contact["phone"] for contact in answer["contacts"])
    for contact in answer["contacts"]:
        if contact["phone"]:
            assert contact["phone_text"] in answer["text"], "text alone is a complete answer"
    assert {"label", "value"} <= set(answer["choices"][-1])


def test_the_clock_decides_which_line_is_open(service, resident):
    (answer, *_rest) = resident.say("mikä on asiakaspalvelun puhelinnumero")
    cards = {card["id"]: card for card in answer["contacts"]}
    # The service's clock stands on a Tuesday morning.
    assert cards["luvn-contact"]["open_now"] is True
    assert cards["luvn-contact"]["closes_at"] == "2026-11-24T14:00:00.000Z"


def test_a_followup_uses_the_topic_before(resident):
    resident.say("miten varaan ajan hammaslääkärille")
    (answer, *_rest) = resident.say("paljonko se maksaa")
    assert answer["topic"] == "dental-care" and "euro" in answer["text"]


def test_a_municipality_changes_the_contacts_and_is_remembered(resident):
    (first, *_rest) = resident.say("missä terveysasemani on")
    assert any(choice["value"] == "municipality:lohja" for choice in first["choices"])
    (answer, *_rest) = resident.choose("municipality:lohja")
    assert answer["topic"] == "health-centre" and answer["contacts"][0]["id"] == "health-station-lohja"


def test_a_language_change_answers_the_same_question_again(resident):
    resident.say("miten varaan ajan hammaslääkärille")
    sent = resident.send("in english please").json()
    assert sent["language"] == "en"
    answer = sent["messages"][1]
    assert (answer["kind"], answer["topic"], answer["lang"]) == ("answer", "dental-care", "en")


def test_another_language_is_suggested_in_that_language_and_not_forced(resident):
    sent = resident.send("jag vill boka tid till läkaren för mitt barn").json()
    assert sent["language"] == "fi"
    suggestion = sent["messages"][-1]
    assert suggestion["kind"] == "notice" and suggestion["lang"] == "sv"
    assert [choice["value"] for choice in suggestion["choices"]] == ["language:sv"]


def test_danger_is_answered_first_with_112(resident):
    (reply, *_rest) = resident.say("isä makaa lattialla eikä hengitä")
    assert (reply["kind"], reply["level"], reply["topic"]) == ("safety", "alarm", "emergency-112")
    assert reply["contacts"][0]["phone"] == "112" and "112" in reply["text"].split("\n")[0]


def test_a_person_is_offered_in_any_words(service):
    for language, words in (("fi", "haluan puhua ihmiselle"), ("sv", "jag vill tala med en människa"), ("en", "let me talk to a real person")):
        (reply, *_rest) = Resident(service.address, language).say(words)
        assert reply["kind"] == "handover" and {choice["value"] for choice in reply["choices"]} & {"handover", "callback"}


def test_unknown_always_offers_a_person_or_a_number(resident):
    for nonsense in ("asdkjh qweoiu zxmcnb", "🦄🦄🦄", "42", "???"):
        reply = resident.say(nonsense)[0]
        assert reply["kind"] in ("unknown", "clarify", "smalltalk")
        if reply["kind"] == "unknown":
            assert reply["contacts"] or any(choice["value"] == "handover" for choice in reply["choices"])
        if reply["kind"] == "clarify":
            values = [choice["value"] for choice in reply["choices"]]
            assert 2 <= sum(value.startswith("topic:") for value in values) <= 3 and values[-1] == "none"


def test_the_same_client_id_gives_the_same_answer_and_writes_nothing_twice(resident):
    client_id = str(uuid.uuid4())
    first = resident.send("miten haen toimeentulotukea", client_id).json()
    again = resident.send("miten haen toimeentulotukea", client_id).json()
    assert first["messages"] == again["messages"]
    stored = resident.get("/messages").json()["messages"]
    assert [m["id"] for m in stored] == [resident.opened["messages"][0]["id"], *[m["id"] for m in first["messages"]]]


def test_reading_after_a_cursor_misses_and_repeats_nothing(resident):
    sent = resident.send("influenssarokotus").json()["messages"]
    after = resident.get(f"/messages?after={sent[0]['id']}").json()["messages"]
    assert [m["id"] for m in after] == [m["id"] for m in sent[1:]]


def test_personal_data_is_masked_before_it_is_kept(resident, service):
    code, mail = "010199-9017", "maija.meikalainen@example.fi"
    sent = resident.send(f"hetuni on {code} ja osoite {mail}, numero 040 123 4567").json()["messages"][0]
    assert set(sent["masked"]) == {"hetu", "email", "phone"}
    everything = resident.get("/messages").text + service.log_tail(200_000)
    client = service.redis_client()
    for key in client.scan_iter(f"{service.settings.key_prefix}*"):
        kind = client.type(key)
        everything += str({"string": client.get, "hash": client.hgetall, "stream": client.xrange}.get(kind, lambda _k: "")(key))
    assert code not in everything and mail not in everything and "123 4567" not in everything


@pytest.mark.parametrize(("body", "status", "field"), [
    ({"text": "hei"}, 400, "client_id"),
    ({"client_id": "no uuid", "text": "hei"}, 400, "client_id"),
    ({"client_id": str(uuid.uuid4())}, 400, "text"),
    ({"client_id": str(uuid.uuid4()), "text": ""}, 400, "text"),
    ({"client_id": str(uuid.uuid4()), "text": " \n\t"}, 400, "text"),
    ({"client_id": str(uuid.uuid4()), "text": "\u0000\u200b\u202e"}, 400, "text"),
    ({"client_id": str(uuid.uuid4()), "text": 7}, 400, "text"),
    ({"client_id": str(uuid.uuid4()), "choice": "topic:no-such-topic"}, 400, "choice"),
    ({"client_id": str(uuid.uuid4()), "text": "a", "choice": "none"}, 400, "text"),
    ([], 400, "body"),
])
def test_a_wrong_message_names_its_field(resident, body, status, field):
    answer = resident.post("/messages", body)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["code"] == "bad_request" and error["field"] == field and field in error["message"]


def test_a_text_of_2000_characters_fits_and_one_more_does_not(resident):
    assert resident.send("ä" * 2000).status_code == 200
    answer = resident.send("ä" * 2001)
    assert answer.status_code == 413 and answer.json()["error"]["code"] == "too_long" and "2000" in answer.json()["error"]["message"]
    assert resident.send("x" * 200_000).status_code == 413


def test_errors_speak_the_language_of_the_conversation(service):
    for language, word in (("fi", "pitkä"), ("sv", "långt"), ("en", "long")):
        assert word in Resident(service.address, language).send("a" * 3000).json()["error"]["message"]


def test_another_media_type_is_refused(resident):
    answer = requests.post(resident.url + "/messages", data="text=hei", headers={**resident.headers, "Content-Type": "text/plain"}, timeout=10)
    assert answer.status_code == 415 and answer.json()["error"]["code"] == "unsupported_media"


def test_a_leading_slash_is_words_and_never_a_command(resident):
    for text in ("/restart", "/choose{\"choice\": \"topic:fees\"}", "  /thank", "//want_person"):
        sent = resident.send(text).json()["messages"]
        assert sent[0]["text"] == text.strip()
        assert sent[1]["kind"] in ("unknown", "clarify", "answer", "smalltalk", "handover")


def test_markup_and_control_characters_come_back_as_text(resident):
    sent = resident.send("<script>alert(1)</script>\u0007 hammas\u202elääkäri").json()["messages"][0]
    assert sent["text"] == "<script>alert(1)</script> hammaslääkäri"


def test_a_wrong_token_and_an_unknown_conversation_tell_nothing(service, resident):
    other = Resident(service.address)
    wrong = resident.get("/messages", headers=other.headers)
    assert wrong.status_code == 401 and wrong.json()["error"]["code"] == "bad_token"
    assert resident.get("/messages", headers={}).status_code == 401
    for unknown in ("A" * 22, "x", "%2e%2e"):
        answer = requests.get(f"{resident.api}/conversations/{unknown}/messages", headers=resident.headers, timeout=10)
        assert answer.status_code == 404 and answer.json()["error"]["code"] == "not_found"


def test_the_stream_resumes_after_its_cursor(resident):
    first = resident.send("kotihoito äidille").json()["messages"]
    seen = []
    for event, data in resident.events(after=first[0]["id"]):
        if event == "message":
            seen.append(data["id"])
        if event in ("state", "comment") and len(seen) >= len(first) - 1:
            break
    assert seen == [m["id"] for m in first[1:]]


def test_the_stream_brings_what_is_written_meanwhile(resident):
    stream = resident.events()
    got = []
    for event, data in stream:
        if event == "state":
            resident.send("lapsella on kuumetta")
        if event == "message":
            got.append(data)
            if data["from"] == "bot" and data["kind"] != "greeting":
                break
    assert [m["from"] for m in got][:3] == ["bot", "resident", "bot"]


def test_a_callback_is_stored_with_consent_only(resident, service):
    good = {"phone": "040 123 4567", "topic": "home-care", "when": "tomorrow-am", "consent": True}
    for field, value in (("consent", False), ("phone", "12"), ("phone", "none"), ("when", "some day"), ("topic", "nothing")):
        answer = resident.post("/callback", {**good, field: value})
        assert answer.status_code == 400 and answer.json()["error"]["field"] == field, (field, answer.text)
    answer = resident.post("/callback", good)
    assert answer.status_code == 201 and answer.json()["callback_id"]
    notice = resident.get("/messages").json()["messages"][-1]
    assert notice["from"] == "system" and "4567" not in notice["text"]


def test_feedback_is_checked_and_kept_without_personal_data(resident, service):
    assert resident.post("/feedback", {"helped": "yes"}).status_code == 400
    assert resident.post("/feedback", {"helped": True, "rating": 6}).status_code == 400
    assert resident.post("/feedback", {"helped": True, "rating": 5, "comment": "hyvä, soita 040 123 4567"}).status_code == 204
    entries = service.redis_client().xrevrange(f"{service.settings.key_prefix}:feedback", count=1)
    assert entries[0][1]["comment"] == "hyvä, soita [phone]"


def test_the_transcript_holds_both_sides(resident):
    resident.say("mistä saan pyörätuolin lainaan")
    answer = resident.get("/transcript?format=txt")
    assert answer.headers["Content-Type"].startswith("text/plain")
    answer.encoding = "utf-8"
    assert "mistä saan pyörätuolin lainaan" in answer.text and "Sinä" in answer.text
    assert resident.get("/transcript?format=pdf").status_code == 400


def test_erasing_leaves_nothing(resident, service):
    resident.say("apua laskuun")
    assert requests.delete(resident.url, headers=resident.headers, timeout=10).status_code == 204
    assert resident.get("/messages").status_code == 404
    assert not list(service.redis_client().scan_iter(f"*{resident.id}*:messages"))


def test_two_hundred_messages_in_one_conversation(resident):
    for number in range(200):
        answer = resident.send("kiitos" if number % 2 else "miten peruutan ajan")
        assert answer.status_code == 200
    assert len(resident.get("/messages").json()["messages"]) >= 400
    assert resident.say("miten peruutan ajan")[0]["topic"] == "cancel-appointment"


def test_search_gives_titles_in_the_language(service):
    results = requests.get(f"{service.address}/api/search", params={"q": "hammaslääkäri", "lang": "sv", "limit": 3}, timeout=10).json()["results"]
    assert len(results) == 3 and results[0]["topic"] in ("dental-care", "dental-emergency")
    assert results[0]["lang"] == "sv" and results[0]["score"] >= results[1]["score"]
    assert requests.get(f"{service.address}/api/search?q=", timeout=10).status_code == 400


def test_contacts_by_topic_and_municipality(service):
    def get(**params):
        return requests.get(f"{service.address}/api/contacts", params=params, timeout=10)

    cards = get(topic="senior-guidance", municipality="hanko", lang="fi").json()["contacts"]
    assert "senior-info-west" in [card["id"] for card in cards] and "senior-info-east" not in [card["id"] for card in cards]
    assert get(topic="senior-guidance", municipality="Hangossa", lang="fi").json()["contacts"] == cards
    assert get(topic="nothing").status_code == 400
    assert get(municipality="tampere").status_code == 400
    assert any(card["phone"] == "112" for card in get().json()["contacts"])


def test_phones_are_e164_or_short(service):
    cards = requests.get(f"{service.address}/api/contacts?topic=poisoning&lang=en", timeout=10).json()["contacts"]
    assert all(re.fullmatch(r"\+\d{7,15}|\d{3,6}", card["phone"]) for card in cards if card["phone"])


def test_only_listed_sites_may_call_from_a_page(service):
    def origin_allowed(origin):
        answer = requests.options(f"{service.address}/api/conversations", timeout=10,
                                  headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
        return answer.headers.get("Access-Control-Allow-Origin")

    demo = f"http://127.0.0.1:{service.settings.demo_port}"
    assert origin_allowed(demo) == demo
    assert origin_allowed("https://evil.example") is None


def test_residents_get_no_cookie(service, resident):
    for path in ("/widget.js", "/api/openapi.json", "/api/search?q=neuvola"):
        assert "Set-Cookie" not in requests.get(service.address + path, timeout=10).headers
    assert "Set-Cookie" not in resident.send("hei").headers


def test_health_ready_and_private_metrics(service):
    assert requests.get(f"{service.address}/healthz", timeout=5).json() == {"status": "ok"}
    ready = requests.get(f"{service.address}/readyz", timeout=5).json()
    assert ready["parts"] == {"redis": "ok", "bot": "ok", "actions": "ok", "content": "ok"} and ready["complete"]
    assert "verkkoapu_requests_total" in requests.get(f"{service.address}/metrics", timeout=5).text
    assert requests.get(f"{service.address}/metrics", headers={"X-Forwarded-For": "10.0.0.1"}, timeout=5).status_code == 404
