"""The Rasa server: one turn in, replies out."""

from __future__ import annotations

import json
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from verkkoapu.errors import AssistantUnavailable


class RasaClient:
    """Speaks to Rasa's REST channel. A reply without content is a failure: Rasa answers 200 when an action fails."""

    def __init__(self, base_url: str, timeout_seconds: float) -> None:
        self._url = f"{base_url}/webhooks/rest/webhook"
        self._timeout = (min(1.0, timeout_seconds), timeout_seconds)
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.mount("http://", HTTPAdapter(pool_maxsize=64))

    def send_text(self, conversation_id: str, text: str, metadata: dict[str, Any]) -> list[dict[str, Any]]:
        """A resident's words. A leading slash would be a command to Rasa, so it is taken off."""
        return self._send(conversation_id, text.lstrip("/ \t\n") or "?", metadata)

    def send_choice(self, conversation_id: str, value: str, metadata: dict[str, Any]) -> list[dict[str, Any]]:
        """A pressed button; `value` is one this service offered."""
        return self._send(conversation_id, "/choose" + json.dumps({"choice": value}), metadata)

    def _send(self, conversation_id: str, message: str, metadata: dict[str, Any]) -> list[dict[str, Any]]:
        try:
            answer = self._session.post(self._url, json={"sender": conversation_id, "message": message, "metadata": metadata},
                                        timeout=self._timeout)
            answer.raise_for_status()
            entries = answer.json()
        except (requests.RequestException, ValueError) as exc:
            raise AssistantUnavailable("rasa") from exc
        replies = [entry["custom"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("custom"), dict)]
        if not replies:
            raise AssistantUnavailable("rasa answered without a reply")
        return replies
