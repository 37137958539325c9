"""The action server, asked directly: search, and an answer when Rasa is down."""

from __future__ import annotations

from typing import Any

import requests
from requests.adapters import HTTPAdapter

from verkkoapu.errors import AssistantUnavailable


class ActionsClient:
    """Speaks to /search and /answer of `python -m actions`."""

    def __init__(self, base_url: str, timeout_seconds: float) -> None:
        self._base = base_url
        self._timeout = (min(1.0, timeout_seconds), timeout_seconds)
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.mount("http://", HTTPAdapter(pool_maxsize=32))

    def search(self, text: str, limit: int) -> list[dict[str, Any]]:
        """Topics with scores, best first."""
        return self._call("GET", "/search", params={"q": text, "limit": limit})["results"]

    def answer(self, **turn: Any) -> dict[str, Any]:
        """One reply without Rasa: text, language, topic, municipality, choice."""
        return self._call("POST", "/answer", json=turn)

    def _call(self, method: str, path: str, **kwargs: Any) -> Any:
        try:
            answer = self._session.request(method, self._base + path, timeout=self._timeout, **kwargs)
            answer.raise_for_status()
            return answer.json()
        except (requests.RequestException, ValueError) as exc:
            raise AssistantUnavailable("actions") from exc
