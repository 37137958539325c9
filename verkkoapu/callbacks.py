"""Call-back requests: a number, a time of day, consent. Kept apart from the conversation, so the number is in one place."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import redis

from verkkoapu.clock import HELSINKI, Clock, iso
from verkkoapu.errors import StateUnavailable, VerkkoapuError
from verkkoapu.keys import Keys

#: By when a call is due, in hours of the county's day: the end of the morning or of the office day.
TIMES = {"today-am": (0, 12), "today-pm": (0, 16), "tomorrow-am": (1, 12), "tomorrow-pm": (1, 16)}


class UnknownTime(VerkkoapuError):
    """The time of day asked for is not one of TIMES."""


class CallbackStore:
    """Writes call-back requests; every method raises StateUnavailable when Redis does not answer."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock, retention_seconds: int) -> None:
        self.redis = client
        self.keys = keys
        self.clock = clock
        self.retention_seconds = retention_seconds

    def add(self, conversation_id: str, phone: str, topic: str | None, when: str, language: str) -> str:
        """Store a request; returns its id. `phone` is E.164."""
        if when not in TIMES:
            raise UnknownTime(when)
        callback_id = secrets.token_urlsafe(16)
        due = due_at(when, self.clock.local())
        key = self.keys.callback(callback_id)
        try:
            pipe = self.redis.pipeline(transaction=True)
            pipe.hset(key, mapping={
                "id": callback_id, "conversation": conversation_id, "phone": phone, "topic": topic or "", "when": when,
                "language": language, "due": iso(due), "created": iso(self.clock.now()), "status": "open",
            })
            pipe.expire(key, self.retention_seconds)
            pipe.zadd(self.keys.callbacks, {callback_id: due.timestamp()})
            pipe.execute()
        except redis.RedisError as exc:
            raise StateUnavailable("callback") from exc
        return callback_id


def due_at(when: str, local: datetime) -> datetime:
    """The moment by which a call is promised, in the county's time; a time that is past moves to the next day."""
    days, hour = TIMES[when]
    due = datetime(local.year, local.month, local.day, hour, tzinfo=HELSINKI) + timedelta(days=days)
    return due if due > local else due + timedelta(days=1)
