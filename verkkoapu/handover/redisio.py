"""Redis errors become ours at the border, and time is Redis' own: one clock for every process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from verkkoapu.errors import StateUnavailable


@contextmanager
def translating(what: str) -> Iterator[None]:
    """Raise StateUnavailable with the cause when Redis does not do what it was asked."""
    try:
        yield
    except redis.RedisError as exc:
        raise StateUnavailable(what) from exc


def script(client: redis.Redis, name: str):
    """A Lua script that stands beside this file."""
    return client.register_script((Path(__file__).parent / f"{name}.lua").read_text(encoding="utf-8"))


def now_ms(client: redis.Redis) -> int:
    """Milliseconds since 1970 by Redis' clock."""
    seconds, micros = client.time()
    return int(seconds) * 1000 + int(micros) // 1000
