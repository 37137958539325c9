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


class Listener(threading.Event):
    """Set whenever there may be something new.

    `rang`: the names that rang since it was last taken; "*" when any may have. `heard`: what was told beside the ring
    and is kept nowhere else (typing).
    """

    def __init__(self) -> None:
        super().__init__()
        self.rang: set[str] = {"*"}
        self.heard: set[tuple[str, str]] = set()
        self.names: set[str] = set()

    def take(self) -> tuple[set[str], set[tuple[str, str]]]:
        """What rang and was heard since the last time."""
        self.clear()
        rang, self.rang = self.rang, set()
        heard, self.heard = self.heard, set()
        return rang, heard


class Doorbell:
    """Wakes listeners by conversation id, or by another name: queue:fi, counsellor:anna, team, callbacks.

    Starts its subscriber at the first listener.
    """

    def __init__(self, client: redis.Redis, channel: str) -> None:
        self._redis = client
        self._channel = channel
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._lock = threading.Lock()
        self._started = False

    @contextmanager
    def listening(self, *names: str) -> Iterator[Listener]:
        """A listener that is set whenever one of the names may have something new."""
        listener = Listener()
        self.also(listener, *names)
        try:
            yield listener
        finally:
            with self._lock:
                for name in list(listener.names):
                    self._remove(listener, name)

    def also(self, listener: Listener, *names: str) -> None:
        """Listen to more names."""
        with self._lock:
            for name in names:
                self._listeners[name].add(listener)
                listener.names.add(name)
            if not self._started:
                self._started = True
                threading.Thread(target=self._listen, name="doorbell", daemon=True).start()

    def no_more(self, listener: Listener, *names: str) -> None:
        """Listen to these names no longer."""
        with self._lock:
            for name in names:
                self._remove(listener, name)

    def _remove(self, listener: Listener, name: str) -> None:
        listener.names.discard(name)
        self._listeners[name].discard(listener)
        if not self._listeners[name]:
            del self._listeners[name]

    @property
    def listeners(self) -> int:
        """How many streams are open in this process."""
        with self._lock:
            return len({id(listener) for listeners in self._listeners.values() for listener in listeners})

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
                        self._ring(*str(message["data"]).partition(" ")[::2])
            except (redis.RedisError, OSError) as exc:
                log.warning("doorbell_lost", extra={"reason": type(exc).__name__})
                time.sleep(0.5)

    def _ring(self, name: str | None, what: str = "") -> None:
        with self._lock:
            if name is None:
                waiting = [listener for listeners in self._listeners.values() for listener in listeners]
            else:
                waiting = list(self._listeners.get(name, ()))
        for listener in waiting:
            listener.rang.add(name or "*")
            if name is not None and what.startswith("typing"):
                listener.heard.add((name, what))
            listener.set()
