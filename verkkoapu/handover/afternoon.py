"""A scripted afternoon: 60 residents, 6 counsellors, two of whom vanish, Redis killed twice, web restarted.

    python -m verkkoapu.handover.afternoon

Starts a whole service of its own, plays the afternoon, and reports whether every message is accounted for: what each
side was acknowledged, what the record holds, and what each window showed. Ends with status 1 when one is not.
"""

from __future__ import annotations

import os
import random
import secrets
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from verkkoapu.handover.accounts import Account, Accounts
from verkkoapu.handover.people import Counsellor, Resident
from verkkoapu.keys import Keys
from verkkoapu.settings import PROJECT_DIR, load_settings
from verkkoapu.supervise import Service, free_port

RESIDENTS, COUNSELLORS, VANISHING = 60, 6, 2
LANGUAGES = ("fi", "fi", "fi", "sv", "en")
SPOKEN = (("fi", "sv"), ("fi", "en"), ("fi", "sv", "en"), ("fi", "sv"), ("fi", "en"), ("fi", "sv", "en"))
CAPACITY = 5
#: Messages of each side in one conversation.
EACH = 5
LEASE_SECONDS = 8
#: A counsellor answers within a second or two here, and a resident waits at most this long for the afternoon to end.
LONGEST_SECONDS = 420


@dataclass
class Told:
    """What was acknowledged in one conversation: texts by side, in the order in which they were sent."""

    resident: list[str] = field(default_factory=list)
    counsellor: list[str] = field(default_factory=list)


class Afternoon:
    """The people of one afternoon and what they were told."""

    def __init__(self, service: Service, say=print) -> None:
        self.service = service
        self.say = say
        self.accounts = Accounts(service.redis_client(), Keys(service.settings.key_prefix))
        self.password = secrets.token_urlsafe(12)
        self.told: dict[str, Told] = {}
        self.residents: list[Resident] = []
        self.problems: list[str] = []
        self.counts: Counter[str] = Counter()
        self.over = threading.Event()
        self.lock = threading.Lock()

    def play(self) -> list[str]:
        """The whole afternoon; the lines of the report."""
        started = time.monotonic()
        counsellors = [threading.Thread(target=self.counsel, args=(number,)) for number in range(COUNSELLORS)]
        for thread in counsellors:
            thread.start()
        self._until(lambda: self.counts["logged in"] == COUNSELLORS, 60)
        people = [threading.Thread(target=self.reside, args=(number,)) for number in range(RESIDENTS)]
        for number, thread in enumerate(people):
            thread.start()
            time.sleep(0.25)
            if number == RESIDENTS // 3:
                threading.Thread(target=self.accidents).start()
        for thread in people:
            thread.join(max(1.0, LONGEST_SECONDS - (time.monotonic() - started)))
        self._until(lambda: self.counts["killed redis"] == 2 and self.counts["restarted web"] == 1, 120)
        self.over.set()
        for thread in counsellors:
            thread.join(30)
        return self.report(time.monotonic() - started)

    def reside(self, number: int) -> None:
        """One resident: asks for a person until one can be had, says what they came for, hears the answers, leaves when it is ended."""
        try:
            resident = Resident(self.service.address, LANGUAGES[number % len(LANGUAGES)], patience=150)
            with self.lock:
                self.residents.append(resident)
                self.told[resident.id] = Told()
            resident.listen(watchdog=10)
            self._until(lambda: resident.ask_person().get("state") in ("queued", "live"), 150, 1.0)
            for turn in range(EACH):
                text = f"asukas {number} viesti {turn}"
                resident.send(text)
                self.told[resident.id].resident.append(text)
                time.sleep(random.uniform(0.3, 1.5))
            self._until(lambda: resident.state.get("state") == "closed", LONGEST_SECONDS)
        except Exception as exc:
            self.problems.append(f"resident {number}: {exc!r}")

    def counsel(self, number: int) -> None:
        """One counsellor: takes the next, answers, ends; two of them vanish without a word in the middle of it."""
        try:
            name = f"neuvoja{number}"
            self.accounts.save(Account(id=name, name=f"Neuvoja {number}", languages=SPOKEN[number], capacity=CAPACITY), self.password)
            here = Counsellor(self.service.address, name, self.password, patience=150)
            here.be("available")
            here.listen(watchdog=10)
            self.counts["logged in"] += 1
            vanishes_at = time.monotonic() + random.uniform(8, 14) if number < VANISHING else None
            while not self.over.is_set():
                if vanishes_at is not None and time.monotonic() > vanishes_at and self._mine(here):
                    self.counts["vanished"] += 1
                    here.stop()
                    return
                self._work(here)
                time.sleep(0.4)
            here.stop()
        except Exception as exc:
            self.problems.append(f"counsellor {number}: {exc!r}")

    def _mine(self, here: Counsellor) -> list[str]:
        return [entry["id"] for entry in here.call("GET", "/api/console/queue").json()["mine"]]

    def _work(self, here: Counsellor) -> None:
        state = here.call("GET", "/api/console/queue").json()
        for entry in state["queue"]:
            if entry["fits"] and len(state["mine"]) < CAPACITY:
                answer = here.claim(entry["id"])
                self.counts["claimed" if answer.ok else "claim refused"] += 1
                break
        for entry in state["mine"]:
            told = self.told[entry["id"]]
            answered = len(told.counsellor)
            if answered < EACH:
                text = f"neuvojan vastaus {answered} ({here.username})"
                answer = here.send(entry["id"], text)
                if answer.status_code == 200:
                    told.counsellor.append(text)
                else:
                    self.counts["send refused"] += 1
            elif len(told.resident) == EACH:
                self.counts["ended"] += here.close(entry["id"]).ok

    def accidents(self) -> None:
        """Redis dies, web is restarted, Redis dies again, while people talk."""
        for what, part in (("killed", "redis"), ("restarted", "web"), ("killed", "redis")):
            self.say(f"{what} {part}")
            if what == "killed":
                os.kill(self.service.pid(part), signal.SIGKILL)
            else:
                self.service.control("restart", part)
            self.counts[f"{what} {part}"] += 1
            time.sleep(15)

    def report(self, seconds: float) -> list[str]:
        """Every message accounted for, or what is not."""
        wrong = list(self.problems)
        shown = acknowledged = 0
        states: Counter[str] = Counter()
        time.sleep(2)
        for resident in self.residents:
            told, found = self.told[resident.id], resident.poll()
            states[found["state"]] += 1
            for side in ("resident", "counsellor"):
                expected = getattr(told, side)
                record = [message["text"] for message in found["messages"] if message["from"] == side]
                window = resident.texts(side)
                acknowledged += len(expected)
                shown += len(window)
                if record != expected:
                    wrong.append(f"{resident.id} {side}: {len(expected)} acknowledged, the record has {len(record)}")
                if window != expected:
                    wrong.append(f"{resident.id} {side}: {len(expected)} acknowledged, the window showed {len(window)}")
            if any(name == "twice" for name, _data, _at in resident.events):
                wrong.append(f"{resident.id}: a message came twice")
            resident.stop()
        lost = sum(any(data.get("event") == "lost" for name, data, _at in resident.events if name == "message") for resident in self.residents)
        reconnects = sum(resident.reconnects for resident in self.residents)
        counted = ", ".join(f"{name} {count}" for name, count in sorted(self.counts.items()))
        return [
            f"{len(self.residents)} residents, {COUNSELLORS} counsellors, {seconds:.0f} s",
            counted,
            f"conversations that returned to the queue because their counsellor vanished: {lost}; attempts to open a stream again: {reconnects}",
            "at the end: " + ", ".join(f"{state} {count}" for state, count in sorted(states.items())),
            f"messages acknowledged {acknowledged}, shown to the residents {shown}",
            *(f"WRONG {line}" for line in wrong),
            "every message is accounted for" if not wrong else f"{len(wrong)} things are wrong",
        ]

    @staticmethod
    def _until(what, seconds: float, pause: float = 0.1) -> None:
        deadline = time.monotonic() + seconds
        while not what():
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {seconds:.0f} s")
            time.sleep(pause)


def main() -> int:
    """Start a service, play, report."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "models").symlink_to(PROJECT_DIR / "var" / "models")
        service = Service(load_settings({
            "PORT": str(free_port()), "DEMO_PORT": "0", "VERKKOAPU_ENV": "test", "VERKKOAPU_DIR": folder, "VERKKOAPU_RATE_LIMIT": "off",
            "VERKKOAPU_CLOCK": "2026-11-24T12:00:00+02:00", "VERKKOAPU_LEASE_SECONDS": str(LEASE_SECONDS), "VERKKOAPU_HEARTBEAT_SECONDS": "2",
        }))
        service.start()
        try:
            lines = Afternoon(service, service.say).play()
        finally:
            service.stop()
    print("\n".join(lines))
    return 0 if lines[-1] == "every message is accounted for" else 1


if __name__ == "__main__":
    sys.exit(main())
