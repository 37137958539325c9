"""Rate limits, held in Redis by the `limits` library; they allow when Redis is away."""

from __future__ import annotations

import logging

from limits import RateLimitItemPerMinute, storage, strategies

from verkkoapu.clock import Clock
from verkkoapu.settings import Settings

log = logging.getLogger(__name__)

#: A person types a few messages a minute; a network may hold a whole library or hospital.
MESSAGES_A_CONVERSATION = RateLimitItemPerMinute(40)
#: "Is typing" and "has seen".
SIGNS_A_CONVERSATION = RateLimitItemPerMinute(120)
MESSAGES_A_NETWORK = RateLimitItemPerMinute(600)
CONVERSATIONS_A_NETWORK = RateLimitItemPerMinute(120)
CALLBACKS_A_NETWORK = RateLimitItemPerMinute(10)
SEARCHES_A_NETWORK = RateLimitItemPerMinute(600)
LOGINS_A_NETWORK = RateLimitItemPerMinute(60)


class RateLimits:
    """Counts calls by name and key; `hit` returns 0 when allowed, else the seconds to wait."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.on = settings.rate_limit == "on" and bool(settings.redis_url)
        self._clock = clock
        if self.on:
            store = storage.storage_from_string(settings.redis_url, key_prefix=f"{settings.key_prefix}:limits",
                                                socket_timeout=settings.redis_timeout_seconds)
            self._limiter = strategies.FixedWindowRateLimiter(store)

    def hit(self, limit: RateLimitItemPerMinute, *key: str) -> int:
        """Count one call. A resident is never kept out because a counter could not be read."""
        if not self.on:
            return 0
        try:
            if self._limiter.hit(limit, *key):
                return 0
            reset = self._limiter.get_window_stats(limit, *key).reset_time
        except Exception as exc:  # the storage raises its client's errors and its own
            log.warning("rate_limit_unavailable", extra={"reason": type(exc).__name__})
            return 0
        import time

        return max(1, int(reset - time.time()) + 1)
