"""A resident as a client sees one: the calls of API.md, nothing else."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import requests


class Resident:
    """One conversation over HTTP."""

    def __init__(self, address: str, language: str | None = "fi", page: str | None = None) -> None:
        self.api = f"{address}/api"
        answer = requests.post(f"{self.api}/conversations", json={"language": language, "page": page}, timeout=15)
        assert answer.status_code == 201, answer.text
        self.opened = answer.json()
        self.id, self.token = self.opened["id"], self.opened["token"]
        self.headers = {"Authorization": f"Bearer {self.token}"}
        self.url = f"{self.api}/conversations/{self.id}"

    def post(self, path: str, body: Any, **kwargs: Any) -> requests.Response:
        return requests.post(self.url + path, json=body, headers=kwargs.pop("headers", self.headers), timeout=30, **kwargs)

    def get(self, path: str, **kwargs: Any) -> requests.Response:
        return requests.get(self.url + path, headers=kwargs.pop("headers", self.headers), timeout=30, **kwargs)

    def send(self, text: str, client_id: str | None = None) -> requests.Response:
        return self.post("/messages", {"client_id": client_id or str(uuid.uuid4()), "text": text})

    def say(self, text: str) -> list[dict[str, Any]]:
        """Send a text and return what answers it, without the resident's own message."""
        answer = self.send(text)
        assert answer.status_code == 200, answer.text
        return answer.json()["messages"][1:]

    def choose(self, value: str) -> list[dict[str, Any]]:
        answer = self.post("/messages", {"client_id": str(uuid.uuid4()), "choice": value})
        assert answer.status_code == 200, answer.text
        return answer.json()["messages"][1:]

    def events(self, after: str | None = None, timeout: float = 20) -> Iterator[tuple[str, dict[str, Any]]]:
        """The event stream as (event, data); ends when `timeout` seconds bring no byte."""
        headers = {**self.headers, **({"Last-Event-ID": after} if after else {})}
        with requests.get(self.url + "/events", headers=headers, stream=True, timeout=timeout) as answer:
            assert answer.status_code == 200, answer.text
            event = None
            for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
                if line.startswith("event: "):
                    event = line[7:]
                elif line.startswith("data: ") and event:
                    yield event, json.loads(line[6:])
                elif line.startswith(":"):
                    yield "comment", {}
