"""One test for each row of docs/failures.md that breaks a part: on a service of its own, each test leaves it whole."""

from __future__ import annotations

import os
import shutil
import signal
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.conftest import make_service
from tests.resident import Resident
from verkkoapu.settings import PROJECT_DIR
from verkkoapu.supervise import Service

pytestmark = pytest.mark.service


@pytest.fixture(scope="module")
def breakable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("breakable")
    shutil.copytree(PROJECT_DIR / "content", folder / "content")
    running = make_service(folder, VERKKOAPU_CONTENT=str(folder / "content"), VERKKOAPU_BOT_TIMEOUT="3", VERKKOAPU_ACTIONS_TIMEOUT="2",
                           VERKKOAPU_REDIS_TIMEOUT="1")
    running.start()
    yield running
    running.stop()


def wait_for(condition, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except (requests.RequestException, OSError):
            pass
        time.sleep(0.2)
    raise AssertionError("it did not happen in time")


def parts(service: Service) -> dict[str, str]:
    return requests.get(f"{service.address}/readyz", timeout=5).json()["parts"]


@pytest.fixture
def without(breakable: Service):
    """Stop a part for one test; it runs again afterwards."""
    stopped = []

    def stop(name: str) -> None:
        breakable.control("stop", name)
        stopped.append(name)

    yield stop
    for name in stopped:
        breakable.control("start", name)
    wait_for(lambda: all(parts(breakable)[name] == "ok" for name in ("redis", "bot", "actions")), 120)


def test_without_rasa_the_action_server_answers(breakable, without):
    resident = Resident(breakable.address)
    without("bot")
    answer = resident.say("miten uusin reseptin")[0]
    assert (answer["kind"], answer["topic"]) == ("answer", "prescription-renewal")
    assert resident.choose("followup:prescription-renewal:0")[0]["topic"] == "prescription-renewal"
    assert requests.get(f"{breakable.address}/readyz", timeout=5).status_code == 200, "residents can still be served"


def test_a_slow_rasa_is_not_waited_for(breakable):
    resident = Resident(breakable.address)
    pid = breakable.pid("bot")
    os.kill(pid, signal.SIGSTOP)
    try:
        answer = resident.say("miten uusin reseptin")[0]
    finally:
        os.kill(pid, signal.SIGCONT)
    assert answer["topic"] == "prescription-renewal"


def test_without_the_action_server_the_numbers_are_given(breakable, without):
    resident = Resident(breakable.address, "sv")
    without("actions")
    reply = resident.say("jag behöver förnya mitt recept")[0]
    assert reply["kind"] == "unknown" and reply["lang"] == "sv"
    assert "112" in [card["phone"] for card in reply["contacts"]] and reply["choices"][0]["value"] == "handover"
    found = requests.get(f"{breakable.address}/api/search", params={"q": "recept", "lang": "sv"}, timeout=10).json()["results"]
    assert found and found[0]["topic"] == "prescription-renewal", "the plain search needs no model"


def test_without_redis_the_error_carries_numbers(breakable, without):
    resident = Resident(breakable.address, "en")
    without("redis")
    answer = resident.send("where is my health centre")
    assert answer.status_code == 503 and answer.json()["error"]["code"] == "unavailable"
    assert "112" in [card["phone"] for card in answer.json()["contacts"]] and answer.headers["Retry-After"]
    opened = requests.post(f"{breakable.address}/api/conversations", json={"language": "en"}, timeout=10)
    assert opened.status_code == 503 and opened.json()["contacts"]
    assert requests.get(f"{breakable.address}/readyz", timeout=10).status_code == 503
    assert requests.get(f"{breakable.address}/healthz", timeout=5).status_code == 200
    assert requests.get(f"{breakable.address}/api/contacts?topic=poisoning", timeout=10).json()["contacts"], "content needs no Redis"


def test_without_redis_danger_is_still_answered(breakable, without):
    resident = Resident(breakable.address)
    without("redis")
    answer = resident.send("isä ei hengitä, apua")
    assert answer.status_code == 503
    body = answer.json()
    assert body["messages"][0]["kind"] == "safety" and body["messages"][0]["level"] == "alarm"
    assert body["contacts"][0]["phone"] == "112"


def test_limits_allow_when_redis_is_away(breakable, without):
    without("redis")
    for _ in range(3):
        assert requests.get(f"{breakable.address}/api/search", params={"q": "neuvola"}, timeout=10).status_code == 200


def test_after_a_killed_redis_everything_acknowledged_is_there(breakable):
    resident = Resident(breakable.address)
    acknowledged, client_ids = [], []
    for number in range(6):
        client_id = str(uuid.uuid4())
        client_ids.append(client_id)
        acknowledged += [message["id"] for message in resident.send(f"kotihoito kysymys {number}", client_id).json()["messages"]]
    os.kill(breakable.pid("redis"), signal.SIGKILL)
    wait_for(lambda: parts(breakable)["redis"] == "ok")
    stored = [message["id"] for message in resident.get("/messages").json()["messages"]]
    assert stored[1:] == acknowledged
    again = resident.send("kotihoito kysymys 5", client_ids[-1]).json()["messages"]
    assert [message["id"] for message in again] == acknowledged[-len(again):]
    assert resident.say("entä mitä se maksaa")[0]["kind"]


def test_after_a_killed_web_the_conversation_goes_on(breakable):
    resident = Resident(breakable.address)
    first = resident.say("omaishoidon tuki")[0]
    os.kill(breakable.pid("web"), signal.SIGKILL)
    wait_for(lambda: requests.get(f"{breakable.address}/healthz", timeout=2).ok)
    assert first["id"] in [message["id"] for message in resident.get("/messages").json()["messages"]]
    assert resident.say("kiitos")[0]["kind"]


def test_after_a_killed_rasa_it_is_started_again(breakable):
    before = breakable.pid("bot")
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: parts(breakable)["bot"] == "ok" and breakable.pid("bot") != before, 120)
    assert Resident(breakable.address).say("kiitos avusta")[0]["kind"] == "smalltalk"


def test_a_broken_edit_is_refused_and_the_last_good_content_stays(breakable):
    path = Path(breakable.settings.content_dir) / "fi" / "fees.md"
    good = path.read_text(encoding="utf-8")
    resident = Resident(breakable.address)
    try:
        path.write_text(good.replace("title:", "title: [", 1), encoding="utf-8")
        wait_for(lambda: parts(breakable)["content"] == "refused", 20)
        assert resident.choose("topic:fees")[0]["topic"] == "fees"
        title = "Asiakasmaksut uudella otsikolla"
        changed = "\n".join(f"title: {title}" if line.startswith("title:") else line for line in good.splitlines())
        path.write_text(changed + "\n", encoding="utf-8")
        wait_for(lambda: parts(breakable)["content"] == "ok", 20)
        wait_for(lambda: title in resident.choose("topic:fees")[0]["text"], 20)
    finally:
        path.write_text(good, encoding="utf-8")


def test_too_many_messages_are_told_to_wait(tmp_path):
    """Limits are on here; the bot is not needed to be told to wait, so only Redis and web need to be up."""
    running = make_service(tmp_path, VERKKOAPU_RATE_LIMIT="on")
    running.start(wait_for=("redis", "web"))
    try:
        resident = Resident(running.address)
        answers = [resident.send("/") for _ in range(45)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused and 1 <= int(refused[0].headers["Retry-After"]) <= 61
        assert refused[0].json()["error"]["code"] == "too_many" and "112" in refused[0].json()["error"]["message"]
        assert answers[0].status_code == 200
    finally:
        running.stop()


def test_a_taken_port_is_named(breakable, tmp_path):
    running = make_service(tmp_path, PORT=str(breakable.settings.port))
    with pytest.raises(RuntimeError, match=str(breakable.settings.port)):
        running.start()
