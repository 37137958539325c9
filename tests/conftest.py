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
