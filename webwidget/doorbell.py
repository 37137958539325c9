"""The doorbell: one Redis subscriber a process tells waiting streams that a conversation has something new.

It carries no content: a stream that hears it reads the record from its own cursor, so a ring that is missed or
doubled loses and repeats nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import redis

log = logging.getLogger(__name__)


class Doorbell:
    """Wakes listeners by conversation id. Starts its subscriber at the first listener."""

    def __init__(self, client: redis.Redis, channel: str) -> None:
        self._redis = client
        self._channel = channel
        self._listeners: dict[str, set[threading.Event]] = defaultdict(set)
        self._lock = threading.Lock()
        self._started = False

    @contextmanager
    def listening(self, conversation_id: str) -> Iterator[threading.Event]:
        """An event that is set whenever the conversation may have something new."""
        event = threading.Event()
        with self._lock:
            self._listeners[conversation_id].add(event)
            if not self._started:
                self._started = True
                threading.Thread(target=self._listen, name="doorbell", daemon=True).start()
        try:
            yield event
        finally:
            with self._lock:
                self._listeners[conversation_id].discard(event)
                if not self._listeners[conversation_id]:
                    del self._listeners[conversation_id]

    @property
    def listeners(self) -> int:
        """How many streams are open in this process."""
        return sum(len(events) for events in self._listeners.values())

    def _listen(self) -> None:
        while True:
            try:
                pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
                pubsub.subscribe(self._channel)
                # What was written while nobody listened must be read now.
                self._ring(None)
                while True:
                    message = pubsub.get_message(timeout=5.0)
                    if message:
                        self._ring(str(message["data"]).split(" ", 1)[0])
            except (redis.RedisError, OSError) as exc:
                log.warning("doorbell_lost", extra={"reason": type(exc).__name__})
                time.sleep(0.5)

    def _ring(self, conversation_id: str | None) -> None:
        with self._lock:
            if conversation_id is None:
                waiting = [event for events in self._listeners.values() for event in events]
            else:
                waiting = list(self._listeners.get(conversation_id, ()))
        for event in waiting:
            event.set()
