"""Both sides over HTTP, on a real web process and Redis; Rasa is not there, and nothing here needs it."""

from __future__ import annotations

import json
import socket
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from flask import Flask, jsonify
from werkzeug.serving import make_server

from tests.handover.conftest import PASSWORD, start_web
from verkkoapu.handover.accounts import MAX_FAILURES, Account
from verkkoapu.handover.people import Resident, Window


def join(web, language: str = "fi") -> Resident:
    resident = Resident(web.address, language)
    found = resident.ask_person()
    assert found["state"] == "queued", found
    return resident


def test_twenty_counsellors_claim_fifty_conversations_over_http(web):
    counsellors = [web.counsellor(f"kisa{number}", languages=("fi", "sv", "en")) for number in range(20)]
    residents = [join(web, ("fi", "sv", "en")[number % 3]) for number in range(50)]
    start = threading.Barrier(20)

    def claim_all(counsellor):
        start.wait()
        return [(resident.id, counsellor.claim(resident.id)) for resident in residents]

    with ThreadPoolExecutor(20) as pool:
        answers = [pair for answers in pool.map(claim_all, counsellors) for pair in answers]
    won = [name for name, answer in answers if answer.status_code == 200]
    assert sorted(won) == sorted(resident.id for resident in residents)
    refused = {answer.json()["error"]["code"] for _name, answer in answers if answer.status_code != 200}
    assert refused == {"already_claimed"}
    assert all(resident.poll()["state"] == "live" for resident in residents)


def test_the_way_of_a_resident_through_a_person(web):
    resident = Resident(web.address, "fi", "https://www.luvn.fi/hammas?secret=1")
    closed = resident.ask_person(topic="dental-care")
    assert (closed["state"], closed["closed_reason"], closed["callback"]) == ("bot", "no_counsellors", True)
    assert closed["contacts"][0]["open_now"] is True
    aino = web.counsellor("aino")
    offer = resident.press("handover")
    assert offer["state"] == "offered" and offer["messages"][-1]["kind"] == "handover"
    assert {choice["value"] for choice in offer["messages"][-1]["choices"]} == {"handover", "callback", "continue"}
    assert resident.press("continue")["state"] == "bot"
    resident.press("handover")
    queued = resident.send("Joo, kiitos")
    assert (queued["state"], queued["position"]) == ("queued", 1)
    assert resident.press("continue")["state"] == "bot"
    assert resident.ask_person(topic="dental-care") | {"messages": []} == {
        "state": "queued", "language": "fi", "position": 1, "estimate_minutes": None, "messages": []}
    assert resident.ask_person()["position"] == 1  # asking again changes nothing
    (waiting,) = aino.waiting()
    assert (waiting["topic"], waiting["area"], waiting["page"]) == ("dental-care", "health", "https://www.luvn.fi/hammas")
    claimed = aino.claim(resident.id).json()
    assert claimed["summary"]["topic"] == "dental-care" and claimed["conversation"]["state"] == "live"
    assert resident.poll()["counsellor"] == {"name": "Aino"}
    aino.send(resident.id, "Hei")
    assert aino.call("POST", aino.path(resident.id, "notes"), {"text": "a secret note"}).status_code == 201
    answer = resident.send("Tunnukseni on 131052-308T")
    assert [message["from"] for message in answer["messages"]] == ["resident"]
    seen_by_counsellor = aino.call("GET", aino.path(resident.id)).json()["messages"]
    assert "131052" not in json.dumps(seen_by_counsellor) and any(message["text"] == "a secret note" for message in seen_by_counsellor)
    for text in (json.dumps(resident.poll()), resident.call("GET", resident.path("transcript")).text):
        assert "a secret note" not in text and '"by"' not in text and "aino\"" not in text
    assert aino.close(resident.id).json() == {"state": "closed"}
    late = resident.call("POST", resident.path("messages"), {"client_id": str(uuid.uuid4()), "text": "vielä yksi"})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "closed")
    feedback = {"helped": True, "rating": 5, "comment": "Kiitos"}
    assert resident.call("POST", resident.path("feedback"), feedback).status_code == 204
    assert resident.call("DELETE", f"/api/conversations/{resident.id}").status_code == 204
    assert resident.call("GET", resident.path("messages")).status_code == 404


def test_no_counsellor_of_that_language_offers_those_who_are_here(web):
    web.counsellor("bara-suomi", languages=("fi",))
    resident = Resident(web.address, "sv")
    closed = resident.ask_person()
    assert (closed["closed_reason"], closed["languages"]) == ("no_language", ["fi"])
    offered = {choice["value"] for choice in resident.poll()["messages"][-1]["choices"]}
    assert {"handover:fi", "callback", "continue"} <= offered
    joined = resident.press("handover:fi")
    assert joined["state"] == "queued"


def test_danger_while_waiting_and_while_talking(web):
    aino = web.counsellor("vaara")
    aino.listen()
    resident = join(web)
    answer = resident.send("haluan tappaa itseni tänä iltana")
    assert [message["kind"] for message in answer["messages"]] == ["text", "safety"] and answer["state"] == "queued"
    assert aino.waiting()[0]["id"] == resident.id and aino.waiting()[0]["alarm"]
    aino.claim(resident.id)
    aino.wait_for(lambda: [data for name, data, _at in aino.events if name == "alarm"])
    answer = resident.send("otin kaikki lääkkeet")
    assert answer["messages"][-1]["kind"] == "safety" and answer["state"] == "live"
    aino.wait_for(lambda: len([data for name, data, _at in aino.events if name == "alarm"]) >= 2)
    assert not any(message.get("event") == "alarm" for message in resident.poll()["messages"])
    aino.stop()


def test_typing_delivered_and_seen(web):
    aino = web.counsellor("nakija")
    aino.listen()
    resident = join(web)
    resident.listen()
    aino.claim(resident.id)
    aino.wait_for(lambda: resident.id in aino.order)
    aino.call("POST", aino.path(resident.id, "typing"), {})
    resident.wait_for(lambda: [data for name, data, _at in resident.events if name == "typing"])
    resident.call("POST", resident.path("typing"), {})
    aino.wait_for(lambda: [data for name, data, _at in aino.events if name == "typing"])
    message = aino.send(resident.id, "Näkyykö?").json()["message"]
    aino.wait_for(lambda: [data for name, data, _at in aino.events if name == "conversation" and data["delivered"] == message["id"]])
    assert not [data for name, data, _at in aino.events if name == "conversation" and data["seen"] == message["id"]]
    assert resident.call("POST", resident.path("seen"), {"id": message["id"]}).status_code == 204
    aino.wait_for(lambda: [data for name, data, _at in aino.events if name == "conversation" and data["seen"] == message["id"]])
    assert not any("typing" in json.dumps(entry) for entry in resident.poll()["messages"])
    aino.stop()
    resident.stop()


def test_the_queue_tells_when_the_place_changes(web):
    aino = web.counsellor("jonottaja")
    first, second = join(web), join(web)
    second.listen()
    second.wait_for(lambda: second.state.get("position") == 2)
    aino.claim(first.id)
    second.wait_for(lambda: second.state.get("position") == 1)
    second.call("DELETE", second.path("handover"))
    second.wait_for(lambda: second.state["state"] == "bot")
    second.stop()


def test_a_stream_resumes_from_its_cursor_with_nothing_missing_or_twice(web):
    aino = web.counsellor("jatkaja")
    resident = join(web)
    aino.listen()
    resident.listen()
    aino.claim(resident.id)
    aino.wait_for(lambda: resident.id in aino.order)
    for number in range(40):
        resident.send(f"asukas {number}")
        aino.send(resident.id, f"neuvoja {number}")
        if number % 10 == 5:  # both lose their connection in the middle of it
            for window in (resident, aino):
                window.cut()
    resident.wait_for(lambda: len(resident.texts("counsellor")) == 40)
    aino.wait_for(lambda: len(aino.texts(resident.id, "resident")) == 40)
    assert resident.texts("counsellor") == [f"neuvoja {number}" for number in range(40)]
    assert resident.texts("resident") == [f"asukas {number}" for number in range(40)]
    assert aino.texts(resident.id, "resident") == [f"asukas {number}" for number in range(40)]
    assert resident.reconnects >= 3 and aino.reconnects >= 3
    assert not [data for name, data, _at in resident.events if name == "twice"] and aino.twice == 0
    resident.stop()
    aino.stop()


class SilentProxy:
    """Forwards bytes until told to go silent: the connection stays open and nothing comes, as on a half-open link."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.silent = False
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self.server.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            silent_from_start = {"value": self.silent}
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._copy, args=(one, other, silent_from_start), daemon=True).start()

    def _copy(self, one: socket.socket, other: socket.socket, started_silent: dict) -> None:
        while True:
            try:
                data = one.recv(65536)
                # Connections made after the silence began work: only the old ones are dead.
                if self.silent and not started_silent["value"]:
                    continue
                if not data:
                    other.shutdown(socket.SHUT_WR)
                    return
                other.sendall(data)
            except OSError:
                return


def test_a_half_open_stream_is_noticed_and_resumed(web):
    aino = web.counsellor("puolikas")
    resident = join(web)
    proxy = SilentProxy(web.port)
    resident.base = f"http://127.0.0.1:{proxy.port}"
    # The stream beats every second here, every 15 s by default; the windows' watchdogs are two beats.
    resident.listen(watchdog=2.5)
    aino.claim(resident.id)
    resident.wait_for(lambda: resident.state["state"] == "live")
    proxy.silent = True
    at = time.monotonic()
    resident.base = web.address
    aino.send(resident.id, "kuuletko")
    resident.wait_for(lambda: "kuuletko" in resident.texts("counsellor"), 10)
    assert time.monotonic() - at < 6
    resident.stop()


def test_a_counsellor_on_a_half_open_link_loses_the_lease_although_the_stream_stands(short_lease_web):
    web = short_lease_web
    aino = web.counsellor("haamu")
    resident = join(web)
    assert aino.claim(resident.id).status_code == 200
    # The console's page says so with pings=1: its pings keep the lease, an open stream does not.
    with requests.get(f"{web.address}/api/console/events?pings=1", cookies=aino.http.cookies, stream=True, timeout=10):
        for _ in range(5):
            time.sleep(0.8)
            aino.call("POST", "/api/console/alive")
        assert resident.poll()["state"] == "live"
        resident.wait_for(lambda: resident.poll()["state"] == "queued", 10)
    assert aino.send(resident.id, "liian myöhään").json()["error"]["code"] == "not_yours"


def test_an_open_stream_keeps_the_lease_and_a_closed_one_loses_it(short_lease_web):
    web = short_lease_web
    aino = web.counsellor("virtanen")
    aino.listen()
    resident = join(web)
    aino.claim(resident.id)
    time.sleep(5)
    assert resident.poll()["state"] == "live"
    at = time.monotonic()
    aino.stop()
    resident.wait_for(lambda: resident.poll()["state"] == "queued", 10)
    assert 2 < time.monotonic() - at < 9
    assert "jonon kärjessä" in resident.poll()["messages"][-1]["text"] or resident.poll()["position"] == 1


def test_coming_back_earlier_keeps_the_conversation(short_lease_web):
    web = short_lease_web
    aino = web.counsellor("palaaja")
    aino.listen()
    resident = join(web)
    aino.claim(resident.id)
    for _ in range(3):
        aino.stop()
        time.sleep(1.5)
        aino.closed.clear()
        aino.listen()
        time.sleep(0.5)
    assert resident.poll()["state"] == "live" and aino.send(resident.id, "täällä taas").status_code == 200
    aino.stop()


def test_polling_alone_carries_a_whole_conversation(web):
    aino = web.counsellor("kyselija")
    resident = join(web)
    (waiting,) = [entry for entry in aino.waiting() if entry["id"] == resident.id]
    aino.claim(waiting["id"])
    cursor = {"resident": "0", "counsellor": "0"}
    got = {"resident": [], "counsellor": []}

    def look() -> None:
        for message in resident.poll(cursor["resident"])["messages"]:
            cursor["resident"] = message["id"]
            got["resident"].append(message["text"])
        found = aino.call("GET", f"{aino.path(resident.id)}?after={cursor['counsellor']}").json()["messages"]
        for message in found:
            cursor["counsellor"] = message["id"]
            got["counsellor"].append(message["text"])

    for number in range(10):
        resident.send(f"asukas {number}")
        aino.send(resident.id, f"neuvoja {number}")
        look()
    said = [text for number in range(10) for text in (f"asukas {number}", f"neuvoja {number}")]
    for side in ("resident", "counsellor"):
        assert [text for text in got[side] if text.startswith(("asukas ", "neuvoja "))] == said
    assert resident.poll()["state"] == "live"  # asking keeps the lease


def test_every_write_needs_the_sessions_token_and_a_session(web):
    aino = web.counsellor("tarkka")
    resident = join(web)
    writes = ["logout", "presence", "alive", "callbacks/x/done", "callbacks/x/not-reached",
              *(f"conversations/{resident.id}/{name}" for name in ("claim", "messages", "notes", "typing", "transfer", "release", "close"))]
    for path in writes:
        for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "wrong"}):
            answer = requests.post(f"{web.address}/api/console/{path}", json={}, cookies=aino.http.cookies, headers=headers, timeout=10)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "csrf"), path
        answer = requests.post(f"{web.address}/api/console/{path}", json={}, headers={"X-CSRF-Token": aino.csrf}, timeout=10)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_logged_in"), path
    for path in ("queue", "callbacks", "events", "audit", "ready-answers", "contacts", "choices", f"conversations/{resident.id}"):
        assert requests.get(f"{web.address}/api/console/{path}", timeout=10).status_code == 401, path
    assert resident.poll()["state"] == "queued"


def test_the_cookie_is_for_this_site_and_no_script(web):
    web.accounts.save(Account("keksi", "Keksi", ("fi",)), PASSWORD)
    answer = requests.post(f"{web.address}/api/console/login", json={"username": "keksi", "password": PASSWORD}, timeout=10)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "verkkoapu_console=" in cookie
    assert "Access-Control-Allow-Origin" not in answer.headers
    token = cookie.split("verkkoapu_console=")[1].split(";")[0]
    kept = b"".join(key.encode() for key in web.redis.scan_iter(f"{web.keys.prefix}:session:*"))
    assert token.encode() not in kept  # a copy of Redis logs nobody in


def test_identity_comes_from_the_session_not_from_the_request(web):
    aino, eero = web.counsellor("oikea"), web.counsellor("vaara-mies")
    resident = join(web)
    answer = aino.call("POST", aino.path(resident.id, "claim"), {"counsellor": "vaara-mies", "owner": "vaara-mies", "by": "vaara-mies"})
    assert answer.json()["conversation"]["owner"] == "oikea"
    body = {"client_id": str(uuid.uuid4()), "text": "minä", "by": "oikea"}
    assert eero.call("POST", eero.path(resident.id, "messages"), body).status_code == 409
    assert eero.call("GET", eero.path(resident.id)).status_code == 403


@pytest.mark.parametrize(("role", "allowed"), [
    ("counsellor", {"queue", "callbacks", "ready-answers", "choices"}),
    ("editor", {"ready-answers", "choices"}),
    ("manager", {"queue", "callbacks", "ready-answers", "choices", "audit", "conversation"}),
])
def test_each_role_may_what_it_may(web, role, allowed):
    owner = web.counsellor(f"omistaja-{role}")
    resident = join(web)
    owner.claim(resident.id)
    person = web.counsellor(f"rooli-{role}", role=role, available=False)
    paths = {name: f"/api/console/{name}" for name in ("queue", "callbacks", "ready-answers", "choices", "audit")}
    paths["conversation"] = f"/api/console/conversations/{resident.id}"
    for name, path in paths.items():
        assert person.call("GET", path).status_code == (200 if name in allowed else 403), name
    assert person.claim(resident.id).status_code == (403 if role == "editor" else 409)


def test_five_wrong_passwords_lock_the_name_for_the_right_one_too(web):
    web.accounts.save(Account("lukko", "Lukko", ("fi",)), PASSWORD)

    def log_in(password: str) -> requests.Response:
        return requests.post(f"{web.address}/api/console/login", json={"username": "Lukko", "password": password}, timeout=10)

    for _ in range(MAX_FAILURES):
        answer = log_in("wrong-password")
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "login_refused")
    answer = log_in(PASSWORD)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "login_locked") and int(answer.headers["Retry-After"]) > 0
    web.redis.delete(web.keys.login_failures("lukko"))  # the lock's time has passed
    assert log_in(PASSWORD).status_code == 200
    unknown = requests.post(f"{web.address}/api/console/login", json={"username": "ei-ole", "password": "x" * 12}, timeout=10)
    assert unknown.json()["error"] == log_in("x" * 12).json()["error"]


def test_a_log_in_ends_when_idle_when_old_and_when_the_account_does(web):
    aino = web.counsellor("vanha")
    (key,) = [key for key in web.redis.scan_iter(f"{web.keys.prefix}:session:*") if web.redis.hget(key, "counsellor") == "vanha"]
    assert 0 < web.redis.ttl(key) <= 3600
    web.redis.hset(key, "began", str(int(time.time()) - 13 * 3600))
    assert aino.call("GET", "/api/console/queue").status_code == 401
    eero = web.counsellor("erotettu")
    web.accounts.save(Account("erotettu", "Erotettu", ("fi",), active=False))
    assert eero.call("GET", "/api/console/queue").status_code == 401
    again = requests.post(f"{web.address}/api/console/login", json={"username": "erotettu", "password": PASSWORD}, timeout=10)
    assert again.status_code == 401


def test_an_idle_log_in_runs_out_and_an_open_stream_ends_with_it(web):
    aino = web.counsellor("unohtunut")
    aino.listen()
    aino.wait_for(lambda: aino.events)
    for key in web.redis.scan_iter(f"{web.keys.prefix}:session:*"):
        if web.redis.hget(key, "counsellor") == "unohtunut":
            web.redis.delete(key)
    aino._stream.join(timeout=10)
    assert not aino._stream.is_alive()


def test_logging_out_hands_everything_back_at_once(web):
    aino = web.counsellor("lahtija")
    resident = join(web)
    aino.claim(resident.id)
    assert aino.call("POST", "/api/console/logout", {}).status_code == 204
    assert resident.poll()["state"] == "queued"
    assert aino.call("GET", "/api/console/queue").status_code == 401


def test_the_audit_log_names_every_read_and_action_and_no_route_changes_it(web):
    aino, boss = web.counsellor("kirjattu"), web.counsellor("pomo", role="manager")
    resident = join(web)
    aino.claim(resident.id)
    aino.send(resident.id, "a word nobody may find in the log")
    aino.call("POST", aino.path(resident.id, "notes"), {"text": "neither this"})
    aino.call("GET", aino.path(resident.id))
    boss.call("GET", boss.path(resident.id))
    aino.close(resident.id)
    entries = boss.call("GET", "/api/console/audit").json()["entries"]
    mine = [(entry["who"], entry["what"]) for entry in reversed(entries) if entry["conversation"] == resident.id]
    assert mine == [("kirjattu", "claim"), ("kirjattu", "send"), ("kirjattu", "note"), ("kirjattu", "read"), ("pomo", "read"),
                    ("kirjattu", "close")]
    assert "nobody may find" not in json.dumps(entries) and "neither this" not in json.dumps(entries)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for path in ("/api/console/audit", f"/api/console/audit/{entries[0]['id']}"):
            assert boss.call(method, path, {}).status_code in (404, 405)


def test_a_call_back_is_confirmed_listed_done_and_cancelled(web):
    aino = web.counsellor("soittaja")
    resident = Resident(web.address, "fi")
    body = {"phone": "040 123 4567", "topic": "dental-care", "when": "today-pm", "consent": True, "client_id": str(uuid.uuid4())}
    first = resident.call("POST", resident.path("callback"), body)
    again = resident.call("POST", resident.path("callback"), body)
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
    assert first.json()["due"] == "2026-11-24T14:00:00.000Z"  # today by 16:00: the same day is the promise
    confirmed = [message for message in resident.poll()["messages"] if message.get("event") == "callback_confirmed"]
    assert len(confirmed) == 1 and "16.00" in confirmed[0]["text"]
    (listed,) = aino.call("GET", "/api/console/callbacks").json()["callbacks"]
    assert listed["id"] == first.json()["callback_id"]
    assert (listed["phone"], listed["topic"], listed["overdue"]) == ("+358401234567", "dental-care", False)
    moved = aino.call("POST", f"/api/console/callbacks/{listed['id']}/not-reached", {}).json()["callback"]
    assert (moved["attempts"], moved["status"]) == (1, "open")
    done = aino.call("POST", f"/api/console/callbacks/{listed['id']}/done", {}).json()["callback"]
    assert (done["status"], done["phone"]) == ("done", None)
    assert aino.call("POST", f"/api/console/callbacks/{listed['id']}/done", {}).status_code == 409
    second = resident.call("POST", resident.path("callback"), {**body, "client_id": str(uuid.uuid4())}).json()["callback_id"]
    stranger = Resident(web.address, "fi")
    assert stranger.call("DELETE", stranger.path(f"callback/{second}")).status_code == 404
    assert resident.press(f"callback-cancel:{second}")["messages"][-1]["event"] == "callback_cancelled"
    assert resident.call("DELETE", resident.path(f"callback/{second}")).status_code == 404
    assert web.redis.hget(web.keys.callback(second), "phone") is None
    assert resident.call("POST", resident.path("callback"), {**body, "consent": False}).status_code == 400


def test_the_conversation_survives_a_restart_of_web_and_the_lease_goes_on(redis_url, tmp_path):
    web = start_web(redis_url, tmp_path, VERKKOAPU_LEASE_SECONDS="3")
    try:
        aino = web.counsellor("kestava")
        resident = join(web)
        aino.claim(resident.id)
        web.stop()
        web.start()
        assert aino.send(resident.id, "sama istunto, uusi prosessi").status_code == 200
        # Nobody comes back this time: the new process knows the lease from Redis.
        resident.wait_for(lambda: resident.poll()["state"] == "queued", 15)
    finally:
        web.stop()


def test_ready_answers_speak_the_residents_language(web):
    aino = web.counsellor("vastaaja")
    for language, word in (("fi", "hammas"), ("sv", "tand"), ("en", "dental")):
        answers = aino.call("GET", f"/api/console/ready-answers?q={word}&lang={language}").json()["answers"]
        assert answers and answers[0]["language"] == language
        assert all("{phone:" not in piece["text"] for answer in answers for piece in answer["pieces"])
    contacts = aino.call("GET", "/api/console/contacts?q=112&lang=sv").json()["contacts"]
    assert contacts and contacts[0]["text"].startswith("Nödnumret")


def test_the_console_page_keeps_the_strict_policy(web):
    for language in ("fi", "sv", "en"):
        page = requests.get(f"{web.address}/console?lang={language}", timeout=10)
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert f'<html lang="{language}">' in page.text and "<style" not in page.text and "console." not in page.text.replace(
            "console.css", "").replace('data-t="console.', "")
        texts = requests.get(f"{web.address}/console/texts/{language}.json", timeout=10).json()
        assert len(texts) > 100 and all(key.startswith("console.") and text != key for key, text in texts.items())




class SlowBot:
    """Stands where Rasa stands: answers when it is told to."""

    def __init__(self) -> None:
        self.asked, self.may_answer = threading.Event(), threading.Event()
        app = Flask("bot")
        app.post("/webhooks/rest/webhook")(self.answer)
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.port}"

    def answer(self):
        self.asked.set()
        self.may_answer.wait(20)
        return jsonify([{"custom": {"kind": "answer", "text": f"botin vastaus {number}", "lang": "fi", "topic": None, "set": {"language": "sv"}}}
                        for number in range(2)])


@pytest.mark.parametrize("reached", ["queued", "live", "live and back with the bot"])
def test_the_bot_is_silent_when_its_answer_was_on_its_way(slow_bot_web, reached):
    bot, web = slow_bot_web
    web.empty()
    bot.asked.clear()
    bot.may_answer.clear()
    aino = web.counsellor("hiljainen")
    resident = Resident(web.address, "fi")
    answered: list[dict] = []
    asking = threading.Thread(target=lambda: answered.append(resident.send("Miten varaan ajan?")))
    asking.start()
    assert bot.asked.wait(20)
    second_tab = Window(web.address)
    second_tab.headers = resident.headers
    assert second_tab.call("POST", resident.path("handover"), {}).json()["state"] == "queued"
    if reached != "queued":
        assert aino.claim(resident.id).status_code == 200
    if reached.endswith("bot"):
        assert second_tab.call("DELETE", resident.path("handover")).json()["state"] == "bot"
    bot.may_answer.set()
    asking.join(timeout=30)
    assert [message["from"] for message in answered[0]["messages"]] == ["resident"]
    found = second_tab.call("GET", resident.path("messages")).json()
    assert not [message for message in found["messages"] if "botin vastaus" in message["text"]]
    assert found["language"] == "fi"  # what the dropped answer wanted remembered is dropped with it
    again = resident.send("Miten varaan ajan?")
    assert [message["text"] for message in again["messages"][1:]] == (["botin vastaus 0", "botin vastaus 1"] if reached.endswith("bot") else [])


@pytest.fixture(scope="module")
def slow_bot_web(redis_url, tmp_path_factory):
    bot = SlowBot()
    web = start_web(redis_url, tmp_path_factory.mktemp("slow"), VERKKOAPU_BOT_URL=bot.address, VERKKOAPU_BOT_TIMEOUT="25",
                    VERKKOAPU_LEASE_SECONDS="60")
    yield bot, web
    web.stop()
    bot.server.shutdown()
