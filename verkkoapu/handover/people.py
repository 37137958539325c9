"""A resident's and a counsellor's window as programs: what their pages do over HTTP. For tests, the afternoon and the bench."""

from __future__ import annotations

import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import requests

#: Answers that mean "try again": the service is starting, or its Redis is.
TRY_AGAIN = (429, 502, 503, 504)


class Window:
    """What both have: calls that are repeated until answered, and a stream that comes back with its cursor."""

    def __init__(self, base: str, patience: float = 60.0) -> None:
        self.base = base
        self.patience = patience
        self.http = requests.Session()
        self.http.trust_env = False
        self.closed = threading.Event()
        #: Every event in the order in which it came, as (name, data, time).
        self.events: list[tuple[str, Any, float]] = []
        self.reconnects = 0
        self._stream: threading.Thread | None = None
        self._response: requests.Response | None = None

    def headers(self) -> dict[str, str]:
        return {}

    def call(self, method: str, path: str, body: dict[str, Any] | None = None, **kwargs: Any) -> requests.Response:
        """One call, repeated while the service cannot answer; what is repeated must be harmless twice."""
        deadline = time.monotonic() + self.patience
        while True:
            try:
                answer = self.http.request(method, self.base + path, json=body, headers=self.headers(), timeout=30, **kwargs)
                if answer.status_code not in TRY_AGAIN or time.monotonic() > deadline:
                    return answer
            except requests.RequestException:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.25)

    def listen(self, watchdog: float = 30.0) -> None:
        """Open the event stream in a thread. No byte for `watchdog` seconds: half open, so connect again."""
        self._stream = threading.Thread(target=self._listen, args=(watchdog,), daemon=True)
        self._stream.start()

    def cut(self) -> None:
        """Break the connection of the stream, as a network does; the window comes back by itself."""
        if self._response is not None:
            _hang_up(self._response)

    def stop(self) -> None:
        """Close the window."""
        self.closed.set()
        self.cut()
        if self._stream is not None:
            self._stream.join(timeout=5)

    def stream_path(self) -> str:
        raise NotImplementedError

    def stream_headers(self) -> dict[str, str]:
        raise NotImplementedError

    def heard(self, name: str, data: Any) -> None:
        """Take an event in."""
        self.events.append((name, data, time.time()))

    def wait_for(self, what: Callable[[], Any], seconds: float = 20.0) -> Any:
        """What `what` gives once it gives something; AssertionError when it does not in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = what()
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError(f"not in {seconds} s; last events: {[(name, data) for name, data, _at in self.events[-4:]]}")

    def _listen(self, watchdog: float) -> None:
        while not self.closed.is_set():
            try:
                with self.http.get(self.base + self.stream_path(), headers={**self.headers(), **self.stream_headers()}, stream=True,
                                   timeout=(5, watchdog)) as answer:
                    self._response = answer
                    if answer.ok:
                        for name, data in read_events(answer):
                            self.heard(name, data)
                    elif answer.status_code in (401, 404):
                        return
            except (requests.RequestException, OSError, AttributeError, ValueError):
                pass
            self.reconnects += 1
            self.closed.wait(0.2)


def read_events(answer: requests.Response) -> Iterator[tuple[str, Any]]:
    """The events of a stream, as they come."""
    name = "message"
    data: list[str] = []
    for line in answer.iter_lines(chunk_size=1):
        text = line.decode()
        if not text:
            if data:
                yield name, json.loads("\n".join(data))
            name, data = "message", []
        elif text.startswith("event:"):
            name = text[6:].strip()
        elif text.startswith("data:"):
            data.append(text[5:].strip())


def _hang_up(answer: requests.Response) -> None:
    """Close the connection under a stream that another thread reads, so that it wakes at once."""
    with suppress(AttributeError, OSError):
        raw: Any = answer.raw
        raw._fp.fp.raw._sock.shutdown(socket.SHUT_RDWR)


class Resident(Window):
    """A resident's window: sends with an id of its own, keeps every message once, by the record's id."""

    def __init__(self, base: str, language: str = "fi", page: str | None = None, patience: float = 60.0) -> None:
        super().__init__(base, patience)
        opened = self.call("POST", "/api/conversations", {"language": language, "page": page}).json()
        self.id, self.token = opened["id"], opened["token"]
        self.messages: dict[str, dict[str, Any]] = {message["id"]: message for message in opened["messages"]}
        self.order: list[str] = list(self.messages)
        self.state: dict[str, Any] = {"state": opened["state"]}

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if hasattr(self, "token") else {}

    def path(self, rest: str) -> str:
        return f"/api/conversations/{self.id}/{rest}"

    def send(self, text: str, client_id: str | None = None) -> dict[str, Any]:
        """Send until acknowledged; the answer's JSON."""
        body = {"client_id": client_id or str(uuid.uuid4()), "text": text}
        answer = self.call("POST", self.path("messages"), body)
        answer.raise_for_status()
        return answer.json()

    def press(self, value: str) -> dict[str, Any]:
        """Press a button."""
        return self.call("POST", self.path("messages"), {"client_id": str(uuid.uuid4()), "choice": value}).json()

    def ask_person(self, **body: Any) -> dict[str, Any]:
        return self.call("POST", self.path("handover"), body).json()

    def poll(self, after: str = "0") -> dict[str, Any]:
        return self.call("GET", self.path(f"messages?after={after}")).json()

    def stream_path(self) -> str:
        return self.path("events")

    def stream_headers(self) -> dict[str, str]:
        return {"Last-Event-ID": self.order[-1]} if self.order else {}

    def heard(self, name: str, data: Any) -> None:
        super().heard(name, data)
        if name == "message":
            if data["id"] in self.messages:
                self.events.append(("twice", data, time.time()))
            else:
                self.order.append(data["id"])
            self.messages[data["id"]] = data
        elif name == "state":
            self.state = data

    def texts(self, sender: str) -> list[str]:
        """What was said by one side, in the order in which the window shows it."""
        return [self.messages[name]["text"] for name in self.order if self.messages[name]["from"] == sender]


class Counsellor(Window):
    """A counsellor's console."""

    def __init__(self, base: str, username: str, password: str, patience: float = 60.0) -> None:
        super().__init__(base, patience)
        self.username = username
        self.csrf = ""
        answer = self.call("POST", "/api/console/login", {"username": username, "password": password})
        answer.raise_for_status()
        self.csrf = answer.json()["csrf"]
        self.messages: dict[str, dict[str, dict[str, Any]]] = {}
        self.order: dict[str, list[str]] = {}
        self.queue: dict[str, Any] = {"queue": [], "mine": []}
        self.twice = 0

    def headers(self) -> dict[str, str]:
        return {"X-CSRF-Token": self.csrf}

    def path(self, conversation_id: str, rest: str = "") -> str:
        return f"/api/console/conversations/{conversation_id}" + (f"/{rest}" if rest else "")

    def be(self, status: str = "available", capacity: int | None = None) -> None:
        self.call("POST", "/api/console/presence", {"status": status, **({"capacity": capacity} if capacity else {})}).raise_for_status()

    def waiting(self) -> list[dict[str, Any]]:
        return self.call("GET", "/api/console/queue").json()["queue"]

    def claim(self, conversation_id: str) -> requests.Response:
        return self.call("POST", self.path(conversation_id, "claim"), {})

    def send(self, conversation_id: str, text: str, client_id: str | None = None, epoch: int | None = None) -> requests.Response:
        body: dict[str, Any] = {"client_id": client_id or str(uuid.uuid4()), "text": text}
        if epoch is not None:
            body["epoch"] = epoch
        return self.call("POST", self.path(conversation_id, "messages"), body)

    def close(self, conversation_id: str, reason: str = "answered") -> requests.Response:
        return self.call("POST", self.path(conversation_id, "close"), {"reason": reason, "topic": None})

    def stream_path(self) -> str:
        return "/api/console/events"

    def stream_headers(self) -> dict[str, str]:
        cursor = ",".join(f"{name}:{ids[-1]}" for name, ids in self.order.items() if ids)
        return {"Last-Event-ID": cursor} if cursor else {}

    def heard(self, name: str, data: Any) -> None:
        super().heard(name, data)
        if name == "message":
            kept = self.messages.setdefault(data["conversation"], {})
            if data["message"]["id"] in kept:
                self.twice += 1
            else:
                self.order.setdefault(data["conversation"], []).append(data["message"]["id"])
            kept[data["message"]["id"]] = data["message"]
        elif name == "queue":
            self.queue = data
        elif name == "gone":
            self.order.pop(data["conversation"], None)
            self.messages.pop(data["conversation"], None)

    def texts(self, conversation_id: str, sender: str) -> list[str]:
        kept = self.messages.get(conversation_id, {})
        said = [kept[name] for name in self.order.get(conversation_id, [])]
        return [message["text"] for message in said if message["from"] == sender and not message.get("event")]
