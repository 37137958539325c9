"""A thousand messages while Redis, web and Rasa are killed under them: none lost, none doubled, order kept, on both sides."""

from __future__ import annotations

import os
import signal
import threading
import time
import uuid

import pytest
import requests

from tests.handover.conftest import PASSWORD
from verkkoapu.handover.accounts import Account, Accounts
from verkkoapu.handover.people import Counsellor, Resident
from verkkoapu.keys import Keys

PAIRS = 10
EACH = 50  # of either side of every pair: a thousand messages in all


@pytest.mark.service
@pytest.mark.timeout(400)
def test_a_thousand_messages_under_kills(service):
    accounts = Accounts(service.redis_client(), Keys(service.settings.key_prefix))
    accounts.save(Account("aino", "Aino", ("fi",), capacity=PAIRS), PASSWORD)
    aino = Counsellor(service.address, "aino", PASSWORD, patience=150)
    aino.be("available", PAIRS)
    aino.listen(watchdog=10)
    residents = [Resident(service.address, "fi", patience=150) for _ in range(PAIRS)]
    for resident in residents:
        assert resident.ask_person()["state"] == "queued"
        assert aino.claim(resident.id).status_code == 200
        resident.listen(watchdog=10)
    problems: list[str] = []
    acknowledged: dict[str, list[str]] = {resident.id: [] for resident in residents}

    def resident_speaks(resident: Resident) -> None:
        for number in range(EACH):
            client_id = str(uuid.uuid4())
            try:
                answer = resident.send(f"asukas {number}", client_id)
                # The same again, as a page does whose answer was lost: the same message, nothing new.
                if number % 10 == 0 and resident.send(f"asukas {number}", client_id)["messages"][0]["id"] != answer["messages"][0]["id"]:
                    problems.append("doubled")
                acknowledged[resident.id].append(answer["messages"][0]["id"])
            except Exception as exc:
                problems.append(f"resident {number}: {exc!r}")

    def counsellor_speaks(resident: Resident) -> None:
        for number in range(EACH):
            answer = aino.send(resident.id, f"neuvoja {number}")
            if answer.status_code != 200:
                problems.append(f"counsellor {number}: {answer.status_code} {answer.text[:80]}")
            else:
                acknowledged[resident.id].append(answer.json()["message"]["id"])

    threads = [threading.Thread(target=speak, args=(resident,)) for resident in residents for speak in (resident_speaks, counsellor_speaks)]
    for thread in threads:
        thread.start()
    kills = ["redis", "bot", "web", "redis"]
    for part in kills:
        already = sum(len(ids) for ids in acknowledged.values())
        os.kill(service.pid(part), signal.SIGKILL)
        # The next kill comes while messages flow again.
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline and sum(len(ids) for ids in acknowledged.values()) < min(already + 100, 990):
            time.sleep(0.1)
    for thread in threads:
        thread.join(timeout=200)
    assert not problems, problems[:5]
    assert sum(len(ids) for ids in acknowledged.values()) == 2 * PAIRS * EACH
    for resident in residents:
        resident.wait_for(lambda resident=resident: len(resident.texts("counsellor")) >= EACH and len(resident.texts("resident")) >= EACH, 60)
        aino.wait_for(lambda resident=resident: len(aino.texts(resident.id, "resident")) >= EACH, 60)
    time.sleep(1)
    said = {"resident": [f"asukas {number}" for number in range(EACH)], "counsellor": [f"neuvoja {number}" for number in range(EACH)]}
    for resident in residents:
        record = resident.poll()["messages"]
        assert set(acknowledged[resident.id]) <= {message["id"] for message in record}
        for sender, expected in said.items():
            assert [message["text"] for message in record if message["from"] == sender] == expected
            assert resident.texts(sender) == expected
            assert aino.texts(resident.id, sender) == expected
        assert resident.order == [message["id"] for message in record]
        assert not [data for name, data, _at in resident.events if name == "twice"]
        assert not [message for message in record if message["from"] == "bot" and message["id"] > acknowledged[resident.id][0]]
    assert aino.twice == 0
    for window in (aino, *residents):
        window.stop()
    # The tests that come after this one find everything as it was.
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and not requests.get(f"{service.address}/readyz", timeout=10).json()["complete"]:
        time.sleep(1)
