"""Reading requests: who calls, with what, and whether that is right."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

from flask import g, request

from verkkoapu.conversations import Conversation
from webwidget.errors import ApiError, bad_request
from webwidget.services import services

#: Characters of a resident's message (API.md).
MAX_TEXT = 2000


def json_body() -> dict[str, Any]:
    """The request's JSON object; 415 for another media type, 400 for anything else."""
    if not request.is_json:
        if not request.get_data(cache=True):
            return {}
        raise ApiError(415, "unsupported_media")
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise bad_request("body")
    return body


def text_field(body: dict[str, Any], name: str, *, required: bool = False, limit: int = 200) -> str | None:
    """A text of the body, or None."""
    value = body.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, str) or len(value) > limit or (required and not value.strip()):
        raise bad_request(name)
    return value.strip()


def language_field(body: dict[str, Any], *, required: bool = False) -> str | None:
    """An offered language of the body; a known shape that is not offered is None, nonsense is 400."""
    value = text_field(body, "language", required=required, limit=35)
    if value is None:
        return None
    base = value.split("-")[0].lower()
    if not base.isalpha() or not 2 <= len(base) <= 8:
        raise bad_request("language")
    return base if base in services().content.languages else None


def topic_field(body: dict[str, Any]) -> str | None:
    """A topic's id of the body, or None; 400 for one that there is not."""
    topic = text_field(body, "topic", limit=80) or None
    if topic is not None and topic not in services().content.topics:
        raise bad_request("topic")
    return topic


def page_field(body: dict[str, Any]) -> str | None:
    """The page the resident came from, without its query: a query can hold anything."""
    value = body.get("page")
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > 2000:
        raise bad_request("page")
    try:
        parts = urlsplit(value)
    except ValueError as exc:
        raise bad_request("page") from exc
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad_request("page")
    return f"{parts.scheme}://{parts.netloc.rsplit('@', 1)[-1]}{parts.path}"[:300]


def client_id_field(body: dict[str, Any]) -> str:
    """The client's own id of a message: a UUID."""
    value = body.get("client_id")
    if not isinstance(value, str):
        raise bad_request("client_id")
    try:
        return str(uuid.UUID(value))
    except ValueError as exc:
        raise bad_request("client_id") from exc


def own_conversation(conversation_id: str) -> Conversation:
    """The conversation whose token the caller holds; sets the language for errors."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ApiError(401, "bad_token")
    found = services().store.open(conversation_id, token.strip())
    g.language = found.language
    return found


def network() -> str:
    """The caller's address for rate limits; behind proxies ProxyFix has put it right."""
    return request.remote_addr or "unknown"


def within_limit(limit, *key: str) -> None:
    """Count the call; 429 with Retry-After when it is one too many."""
    wait = services().limits.hit(limit, *key)
    if wait:
        raise ApiError(429, "too_many", headers={"Retry-After": str(wait)})
