"""Connections to Redis: bounded, with timeouts, and text in and out."""

from __future__ import annotations

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from verkkoapu.settings import Settings

#: The embedded Redis of a machine, when REDIS_URL is empty; the supervisor sets REDIS_URL for its children.
NO_URL = "redis://127.0.0.1:1/0"


def connect(settings: Settings, *, max_connections: int = 64, timeout: float | None = None) -> redis.Redis:
    """A client with a bounded, blocking pool: a storm of streams waits for a connection instead of failing."""
    seconds = settings.redis_timeout_seconds if timeout is None else timeout
    pool = redis.BlockingConnectionPool.from_url(
        settings.redis_url or NO_URL, max_connections=max_connections, timeout=seconds, socket_timeout=seconds,
        socket_connect_timeout=seconds, decode_responses=True, health_check_interval=30,
        # One quick second try covers a connection that Redis closed while it restarted.
        retry=Retry(ExponentialBackoff(cap=0.1, base=0.02), 1),
    )
    return redis.Redis(connection_pool=pool)
