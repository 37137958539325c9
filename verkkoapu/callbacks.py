"""Call-back requests: a number, a time of day, consent. Kept apart from the conversation, so the number is in one place."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import redis

from verkkoapu.clock import HELSINKI, Clock, iso
from verkkoapu.content.model import Content
from verkkoapu.conversations import ConversationStore
from verkkoapu.errors import ConversationNotFound, StateUnavailable, VerkkoapuError
from verkkoapu.handover import texts
from verkkoapu.handover.availability import desk_open
from verkkoapu.handover.redisio import script, translating
from verkkoapu.keys import Keys

#: By when a call is due, in hours of the county's day: the end of the morning or of the office day.
TIMES = {"today-am": (0, 12), "today-pm": (0, 16), "tomorrow-am": (1, 12), "tomorrow-pm": (1, 16)}
#: A request that nobody could keep is given up, and its number erased, this long after it was due.
EXPIRES_AFTER = timedelta(days=3)
#: After so many calls without an answer the request is given up.
MAX_ATTEMPTS = 3


class UnknownTime(VerkkoapuError):
    """The time of day asked for is not one of TIMES."""


class CallbackSettled(VerkkoapuError):
    """The call-back was done, cancelled or has expired before."""


@dataclass(frozen=True)
class Callback:
    """One request. `phone` is empty once it is settled."""

    id: str
    conversation: str
    phone: str
    topic: str | None
    language: str
    when: str
    due: str
    created: str
    status: str
    attempts: int


class CallbackStore:
    """Writes call-back requests; every method raises StateUnavailable when Redis does not answer."""

    def __init__(self, store: ConversationStore, content: Callable[[], Content], clock: Clock, retention_seconds: int) -> None:
        self.store = store
        self.redis = store.redis
        self.keys: Keys = store.keys
        self.clock = clock
        self.content = content
        self.retention_seconds = retention_seconds
        self._settle = script(store.redis, "settle")

    def add(self, conversation_id: str, phone: str, topic: str | None, when: str, language: str, client_id: str | None = None) -> Callback:
        """Store a request and confirm it in the conversation. `phone` is E.164. The same client id makes one request."""
        if when not in TIMES:
            raise UnknownTime(when)
        callback_id = hashlib.sha256(f"{conversation_id}:{client_id}".encode()).hexdigest()[:22] if client_id else secrets.token_urlsafe(16)
        key = self.keys.callback(callback_id)
        try:
            known = self.redis.hgetall(key)
            if known:
                return _callback(known)
            due = due_at(when, self.clock.local(), self._serves)
            values = {
                "id": callback_id, "conversation": conversation_id, "phone": phone, "topic": topic or "", "when": when,
                "language": language, "due": iso(due), "created": iso(self.clock.now()), "status": "open", "attempts": "0", "consent": "1",
            }
            # The index first: an entry too many is tidied away, a request too few would be a broken promise.
            self.redis.zadd(self.keys.callbacks, {callback_id: due.timestamp()})
            pipe = self.redis.pipeline(transaction=True)
            pipe.hset(key, mapping=values)
            pipe.expire(key, self.retention_seconds)
            pipe.execute()
            self.redis.publish(self.keys.doorbell, "callbacks changed")
        except redis.RedisError as exc:
            raise StateUnavailable("callback") from exc
        found = _callback(values)
        cancel = {"label": self.content().phrase("handover_callback_choice_cancel", language), "value": f"callback-cancel:{callback_id}"}
        self._tell(found, "confirmed", choices=[cancel])
        return found

    def get(self, callback_id: str) -> Callback | None:
        """One request, or None."""
        with translating("callback"):
            found = self.redis.hgetall(self.keys.callback(callback_id))
        return _callback(found) if found else None

    def open(self) -> list[Callback]:
        """Every request that waits for a call, the first due first."""
        with translating("callbacks"):
            ids = self.redis.zrange(self.keys.callbacks, 0, -1)
            pipe = self.redis.pipeline(transaction=False)
            for callback_id in ids:
                pipe.hgetall(self.keys.callback(callback_id))
            found = [_callback(values) for values in pipe.execute() if values]
        return [callback for callback in found if callback.status == "open"]

    def cancel(self, conversation_id: str, callback_id: str) -> bool:
        """The resident takes the request back: the number is erased at once. False when there was none (any more)."""
        found = self.get(callback_id)
        if found is None or found.conversation != conversation_id:
            return False
        try:
            self._end(found, "cancelled")
        except CallbackSettled:
            return False
        return True

    def done(self, callback_id: str) -> Callback:
        """The call was made. Raises ConversationNotFound or CallbackSettled."""
        return self._end(self._known(callback_id), "done")

    def not_reached(self, callback_id: str) -> Callback:
        """Nobody answered: due again on the next half day; given up after MAX_ATTEMPTS."""
        found = self._known(callback_id)
        if found.attempts + 1 >= MAX_ATTEMPTS:
            return self._end(found, "given_up")
        due = next_half_day(self.clock.local(), self._serves)
        with translating("callback"):
            status, _attempts = self._settle(keys=[self.keys.callback(callback_id)], args=["open", "", iso(due), "1"])
            if status != "ok":
                raise CallbackSettled(callback_id)
            self.redis.zadd(self.keys.callbacks, {callback_id: due.timestamp()}, xx=True)
            self.redis.publish(self.keys.doorbell, "callbacks changed")
        after = self._known(callback_id)
        self._tell(after, "not_reached")
        return after

    def expire_old(self) -> int:
        """Give up what nobody could keep, erase the numbers and tell the residents; returns how many."""
        limit = (self.clock.now() - EXPIRES_AFTER).timestamp()
        with translating("callbacks"):
            old = self.redis.zrangebyscore(self.keys.callbacks, "-inf", limit)
        count = 0
        for callback_id in old:
            found = self.get(callback_id)
            try:
                if found is not None and found.status == "open":
                    self._end(found, "expired")
                    count += 1
                else:
                    with translating("callbacks"):
                        self.redis.zrem(self.keys.callbacks, callback_id)
            except CallbackSettled:
                continue
        return count

    def erase_of(self, conversation_id: str) -> None:
        """A conversation is erased: its requests go with it, number and all."""
        for callback in self.open():
            if callback.conversation == conversation_id:
                with translating("callback"):
                    self.redis.delete(self.keys.callback(callback.id))
                    self.redis.zrem(self.keys.callbacks, callback.id)
                    self.redis.publish(self.keys.doorbell, "callbacks changed")

    def _known(self, callback_id: str) -> Callback:
        found = self.get(callback_id)
        if found is None:
            raise ConversationNotFound(callback_id)
        return found

    def _end(self, callback: Callback, status: str) -> Callback:
        with translating("callback"):
            answer, _attempts = self._settle(keys=[self.keys.callback(callback.id)], args=[status, "1", "", ""])
            if answer == "settled":
                raise CallbackSettled(callback.id)
            self.redis.zrem(self.keys.callbacks, callback.id)
            self.redis.publish(self.keys.doorbell, "callbacks changed")
        self._tell(callback, status)
        return self._known(callback.id)

    def _tell(self, callback: Callback, what: str, choices: list[dict[str, str]] | None = None) -> None:
        content, language = self.content(), callback.language
        due = texts.day_and_time(content, datetime.fromisoformat(callback.due), language, self.clock.now())
        entry = texts.notice(content, language, f"callback_{what}", f"callback_{what}", due=due)
        entry["choices"] = choices or []
        entry["callback_id"] = callback.id
        # The request is kept longer than a conversation may be.
        with suppress(ConversationNotFound):
            self.store.append(callback.conversation, entry, client_id=f"callback:{callback.id}:{what}:{callback.attempts}")

    def _serves(self, day: datetime) -> bool:
        """Whether counsellors work on a day: the desk is open at ten or at two."""
        return any(desk_open(self.content(), day.replace(hour=hour, minute=0, second=0, microsecond=0)) for hour in (10, 14))


def due_at(when: str, local: datetime, serves: Callable[[datetime], bool] = lambda day: True) -> datetime:
    """The moment by which a call is promised, in the county's time: never past, and on a day when somebody can call."""
    days, hour = TIMES[when]
    due = datetime(local.year, local.month, local.day, hour, tzinfo=HELSINKI) + timedelta(days=days)
    for _ in range(30):
        if due > local and serves(due):
            break
        due += timedelta(days=1)
    return due


def next_half_day(local: datetime, serves: Callable[[datetime], bool] = lambda day: True) -> datetime:
    """The end of the next half day on which somebody can call."""
    if local.hour < 12:
        return due_at("today-pm", local, serves)
    return due_at("tomorrow-am", local, serves)


def _callback(values: dict[str, str]) -> Callback:
    return Callback(
        id=values["id"], conversation=values["conversation"], phone=values.get("phone", ""), topic=values.get("topic") or None,
        language=values["language"], when=values["when"], due=values["due"], created=values["created"], status=values["status"],
        attempts=int(values.get("attempts") or 0),
    )
