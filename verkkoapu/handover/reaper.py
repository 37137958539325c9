"""What must happen without anybody asking: lapsed leases, closed desks, old call-backs, indexes that a crash left wrong.

No timers in memory: everything it needs to know stands in Redis, so a restarted process goes on where another stopped.
One process at a time does it, by a lock that frees itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from verkkoapu.callbacks import CallbackStore
from verkkoapu.errors import StateUnavailable
from verkkoapu.handover.availability import desk_open
from verkkoapu.handover.desk import HandoverDesk
from verkkoapu.handover.redisio import now_ms, translating
from verkkoapu.handover.states import LIVE, QUEUED

log = logging.getLogger(__name__)

#: An entry of an index that a change has not made true after this long is left from a crash.
STALE_MS = 30_000
#: Call-backs are looked at this often.
CALLBACK_SECONDS = 30.0


class Reaper:
    """`tick()` does what is due, at most once an `interval`; `run()` ticks for ever, in a thread or greenlet."""

    def __init__(self, desk: HandoverDesk, callbacks: CallbackStore, lease_seconds: int) -> None:
        self.desk = desk
        self.callbacks = callbacks
        self.lease_ms = lease_seconds * 1000
        self.interval = max(0.25, min(2.0, lease_seconds / 10))
        self._last = 0.0
        self._callbacks_at = 0.0
        #: Since when Redis has answered without a break. Consoles could not be heard while it was away, so nobody
        #: loses a conversation before a whole lease has gone by since.
        self._answering_since = time.monotonic()
        self._odd: dict[str, set[str]] = {}
        self._team: set[str] | None = None
        self._busy = threading.Lock()

    def run(self, stop: Callable[[], bool] = lambda: False) -> None:
        """Tick until stopped. Whatever goes wrong in one tick, the next one comes."""
        while not stop():
            try:
                self.tick()
            except StateUnavailable:
                pass
            except Exception:
                log.exception("reaper_failed")
            time.sleep(self.interval)

    def tick(self, *, force: bool = False) -> int:
        """Do what is due; returns how many conversations changed hands. Also called when a queue is looked at."""
        if not force and time.monotonic() - self._last < self.interval:
            return 0
        if not self._busy.acquire(blocking=False):
            return 0
        try:
            self._last = time.monotonic()
            return self._tick()
        except StateUnavailable:
            self._answering_since = time.monotonic() + self.interval
            raise
        finally:
            self._busy.release()

    def _tick(self) -> int:
        desk = self.desk
        with translating("reaper"):
            if not desk.redis.set(desk.keys.reaper, "1", nx=True, px=max(200, int(self.interval * 800))):
                return 0
            rows = desk.redis.zrange(desk.keys.handovers, 0, -1, withscores=True)
        now = now_ms(desk.redis)
        found = desk.store.many([name for name, _score in rows])
        changed = self._lapsed(found, now) + self._alone(found)
        self._tidy(rows, found, now)
        self._tell_team()
        if time.monotonic() - self._callbacks_at > CALLBACK_SECONDS:
            self._callbacks_at = time.monotonic()
            self.callbacks.expire_old()
        return changed

    def _lapsed(self, found: dict, now: int) -> int:
        live = [conversation for conversation in found.values() if conversation.state == LIVE and conversation.owner]
        heard = self.desk.presence.last_heard(sorted({conversation.owner for conversation in live}))
        if (time.monotonic() - self._answering_since) * 1000 < self.lease_ms:
            return 0
        changed = 0
        # The longest waiting first, so that they stand in that order at the head of the queue.
        for conversation in sorted(live, key=lambda conversation: conversation.queued_at):
            if heard[conversation.owner] < now - self.lease_ms:
                changed += self.desk.lapse(conversation)
                log.info("lease_lapsed", extra={"conversation_id": conversation.id, "counsellor": conversation.owner})
        return changed

    def _alone(self, found: dict) -> int:
        waiting = [conversation for conversation in found.values() if conversation.state == QUEUED]
        if not waiting:
            return 0
        content = self.desk.content()
        here = self.desk.presence.here()
        is_open = desk_open(content, self.desk.clock.now())
        changed = 0
        for conversation in waiting:
            language = conversation.queue_language or conversation.language
            if any(account.may("serve") and language in account.languages for account, _on_duty in here):
                continue
            if not is_open:
                changed += self.desk.expire(conversation)
            elif conversation.told_alone != str(conversation.epoch):
                self.desk.tell_alone(conversation)
        return changed

    def _tidy(self, rows: list, found: dict, now: int) -> None:
        """Make the indexes what the conversations say."""
        desk = self.desk
        for name, since in rows:
            conversation = found.get(name)
            if conversation is not None and conversation.state == QUEUED:
                desk.waiting(conversation)
            elif conversation is not None and conversation.state == LIVE:
                desk.presence.hold(conversation.owner, name)
            elif now - int(since) > STALE_MS:
                desk.drop(name)
        for account in desk.presence.accounts.all():
            held = set(desk.presence.held(account.id))
            true = {conversation.id for conversation in desk.held(account.id)} if held else set()
            odd = held - true
            # A claim reserves a place a moment before it is true: only what is odd twice in a row is wrong.
            for name in odd & self._odd.get(account.id, set()):
                desk.presence.free(account.id, name)
            self._odd[account.id] = odd

    def _tell_team(self) -> None:
        """Consoles hear when a colleague's connection is gone or back."""
        here = {account.id for account, _on_duty in self.desk.presence.here()}
        if self._team is not None and here != self._team:
            self.desk.presence.ring()
        self._team = here
