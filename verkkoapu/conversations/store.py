"""The record of conversations in Redis: create, append once, read from a cursor, erase."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from verkkoapu.clock import Clock, iso
from verkkoapu.errors import ConversationClosed, ConversationNotFound, StateUnavailable, WrongToken
from verkkoapu.keys import Keys

_SCRIPT = (Path(__file__).parent / "append.lua").read_text(encoding="utf-8")
_ID = re.compile(r"^[A-Za-z0-9_-]{22}$")
_CURSOR = re.compile(r"^\d{1,20}(-\d{1,20})?$")

#: How long one turn may hold a conversation, in seconds: longer than every timeout behind it together.
TURN_SECONDS = 30


@dataclass(frozen=True)
class Conversation:
    """What is known of a conversation beside its messages.

    From `queue_language` on: the handover's own fields; times are milliseconds since 1970 by Redis' clock.
    """

    id: str
    language: str
    state: str
    page: str | None
    municipality: str | None
    owner: str | None
    epoch: int
    created: str
    queue_language: str | None = None
    area: str | None = None
    topic: str | None = None
    queued_at: int = 0
    returned: bool = False
    alarm: str | None = None
    told_alone: str = ""
    owner_name: str | None = None
    closed_by: str | None = None
    delivered: str = "0"
    seen: str = "0"


class ConversationStore:
    """All reading and writing of conversations. Every method raises StateUnavailable when Redis does not answer."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, retention_seconds: int = 86_400) -> None:
        self.redis = client
        self.keys = keys
        self.clock = clock
        self.retention_seconds = retention_seconds
        self._append = client.register_script(_SCRIPT)
        # Only where the conversation still is: a late writer must not bring back a piece of an erased one.
        self._set = client.register_script("if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], unpack(ARGV)) end")

    def create(self, language: str, page: str | None) -> tuple[Conversation, str]:
        """Open a conversation; returns it and its token, which is kept only as a digest."""
        conversation_id, token = secrets.token_urlsafe(16), secrets.token_urlsafe(24)
        meta = {
            "token": _digest(token), "language": language, "state": "bot", "page": page or "", "municipality": "",
            "owner": "", "epoch": "0", "created": iso(self.clock.now()),
        }
        key = self.keys.meta(conversation_id)
        with _translating_errors("create"):
            pipe = self.redis.pipeline(transaction=True)
            pipe.hset(key, mapping=meta)
            pipe.expire(key, self.retention_seconds)
            pipe.execute()
        return _conversation(conversation_id, meta), token

    def open(self, conversation_id: str, token: str) -> Conversation:
        """The conversation if the token is its own. A wrong id and an unknown one are not told apart."""
        meta = self._meta(conversation_id)
        if not hmac.compare_digest(meta["token"], _digest(token)):
            raise WrongToken(conversation_id)
        return _conversation(conversation_id, meta)

    def get(self, conversation_id: str) -> Conversation:
        """The conversation, for callers who are allowed by other means (the counsellors' console)."""
        return _conversation(conversation_id, self._meta(conversation_id))

    def append(self, conversation_id: str, message: dict[str, Any], *, client_id: str = "",
               only_in_states: tuple[str, ...] = (), epoch: int | None = None, owner: str = "") -> tuple[dict[str, Any], bool]:
        """Write one message to the record; returns it with its id, and False when `client_id` was seen before.

        Redis answers only after the append-only file is synced, so what is returned here survives a crash.
        Raises ConversationClosed when the state or the owner is not the expected one.
        """
        entry = {"at": iso(self.clock.now()), **message}
        entry.pop("id", None)
        keys = [self.keys.meta(conversation_id), self.keys.messages(conversation_id), self.keys.sent(conversation_id)]
        with _translating_errors("append"):
            status, value = self._append(keys=keys, args=[
                client_id or f"once:{secrets.token_urlsafe(9)}", json.dumps(entry, ensure_ascii=False), ",".join(only_in_states),
                "" if epoch is None else str(epoch), self.keys.doorbell, conversation_id, self.retention_seconds, owner,
            ])
        if status == "missing":
            raise ConversationNotFound(conversation_id)
        if status in ("state", "epoch"):
            raise ConversationClosed(value)
        if status == "seen":
            return self.entry(conversation_id, value), False
        return {"id": value, **entry}, True

    def read(self, conversation_id: str, after: str = "0", count: int | None = None) -> list[dict[str, Any]]:
        """Every entry after the cursor `after` (a message id), oldest first. Raises ValueError for a bad cursor."""
        if not _CURSOR.match(after):
            raise ValueError(after)
        start = "-" if after == "0" else f"({after}"
        with _translating_errors("read"):
            rows = self.redis.xrange(self.keys.messages(conversation_id), min=start, max="+", count=count)
        return [{"id": entry_id, **json.loads(fields["entry"])} for entry_id, fields in rows]

    def note_answer(self, conversation_id: str, client_id: str, message_ids: list[str]) -> None:
        """Remember which messages answered a client id, so that a retry gets the same answer."""
        with _translating_errors("note_answer"):
            self.redis.hset(self.keys.sent(conversation_id), f"{client_id}:answer", json.dumps(message_ids))

    def noted_answer(self, conversation_id: str, client_id: str) -> list[dict[str, Any]] | None:
        """The messages a client id was answered with, or None while it has no answer."""
        with _translating_errors("noted_answer"):
            found = self.redis.hget(self.keys.sent(conversation_id), f"{client_id}:answer")
        return None if found is None else [self.entry(conversation_id, entry_id) for entry_id in json.loads(found)]

    def many(self, conversation_ids: list[str]) -> dict[str, Conversation]:
        """Those of the conversations that there are, in one go."""
        with _translating_errors("many"):
            pipe = self.redis.pipeline(transaction=False)
            for conversation_id in conversation_ids:
                pipe.hgetall(self.keys.meta(conversation_id))
            found = pipe.execute() if conversation_ids else []
        return {conversation_id: _conversation(conversation_id, meta)
                for conversation_id, meta in zip(conversation_ids, found, strict=True) if "token" in meta}

    def change(self, conversation_id: str, **fields: str) -> None:
        """Set fields of the conversation's meta data (language, municipality)."""
        with _translating_errors("change"):
            self._set(keys=[self.keys.meta(conversation_id)], args=[part for pair in fields.items() for part in pair])

    def ring(self, conversation_id: str, what: str = "") -> None:
        """Wake whoever watches a conversation; `what` is told on (typing), and kept nowhere."""
        with _translating_errors("ring"):
            self.redis.publish(self.keys.doorbell, f"{conversation_id} {what}")

    def erase(self, conversation_id: str) -> None:
        """Remove everything that is kept of a conversation, at once."""
        keys = self.keys
        with _translating_errors("erase"):
            self.redis.delete(keys.meta(conversation_id), keys.messages(conversation_id), keys.sent(conversation_id),
                              keys.turn(conversation_id))
            self.redis.publish(keys.doorbell, f"{conversation_id} erased")

    @contextmanager
    def turn(self, conversation_id: str) -> Iterator[None]:
        """One turn at a time in a conversation: Rasa's own lock polls once a second, this one every 10 ms."""
        lock = self.redis.lock(self.keys.turn(conversation_id), timeout=TURN_SECONDS, sleep=0.01,
                               blocking_timeout=TURN_SECONDS, thread_local=False)
        with _translating_errors("turn"):
            if not lock.acquire():
                raise StateUnavailable("turn")
        try:
            yield
        finally:
            # It may have run out, or Redis is gone: the lock's own time limit frees it.
            with suppress(redis.RedisError):
                lock.release()

    def _meta(self, conversation_id: str) -> dict[str, str]:
        if not _ID.match(conversation_id):
            raise ConversationNotFound(conversation_id)
        with _translating_errors("meta"):
            meta = self.redis.hgetall(self.keys.meta(conversation_id))
        if not meta or "token" not in meta:
            raise ConversationNotFound(conversation_id)
        return meta

    def entry(self, conversation_id: str, entry_id: str) -> dict[str, Any]:
        """One entry of the record by its id."""
        with _translating_errors("read"):
            rows = self.redis.xrange(self.keys.messages(conversation_id), min=entry_id, max=entry_id, count=1)
        if not rows:
            raise ConversationNotFound(conversation_id)
        return {"id": rows[0][0], **json.loads(rows[0][1]["entry"])}


def _conversation(conversation_id: str, meta: dict[str, str]) -> Conversation:
    return Conversation(
        id=conversation_id, language=meta["language"], state=meta["state"], page=meta.get("page") or None,
        municipality=meta.get("municipality") or None, owner=meta.get("owner") or None,
        epoch=int(meta.get("epoch", "0")), created=meta.get("created", ""), queue_language=meta.get("queue_language") or None,
        area=meta.get("area") or None, topic=meta.get("topic") or None, queued_at=int(meta.get("queued_at") or 0),
        returned=meta.get("returned") == "1", alarm=meta.get("alarm") or None, told_alone=meta.get("told_alone", ""),
        owner_name=meta.get("owner_name") or None, closed_by=meta.get("closed_by") or None,
        delivered=meta.get("delivered") or "0", seen=meta.get("seen") or "0",
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@contextmanager
def _translating_errors(what: str) -> Iterator[None]:
    try:
        yield
    except redis.RedisError as exc:
        raise StateUnavailable(what) from exc
