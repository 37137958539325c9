"""What the routes share, made once a process."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from verkkoapu.clock import Clock
from verkkoapu.connect import connect
from verkkoapu.content import Content, ContentStore
from verkkoapu.conversations import ConversationStore
from verkkoapu.keys import Keys
from verkkoapu.privacy import PrivacyMask
from verkkoapu.safety import SafetyGuard
from verkkoapu.settings import Settings
from webwidget.clients.actions import ActionsClient
from webwidget.clients.rasa import RasaClient
from webwidget.doorbell import Doorbell
from webwidget.limits import RateLimits

log = logging.getLogger(__name__)


@dataclass
class Services:
    """Store, content, mask, guard and clients of one process."""

    settings: Settings
    clock: Clock
    redis: Any
    keys: Keys
    store: ConversationStore
    contents: ContentStore
    mask: PrivacyMask
    guard: SafetyGuard
    rasa: RasaClient
    actions: ActionsClient
    doorbell: Doorbell
    limits: RateLimits

    @property
    def content(self) -> Content:
        """The newest good content."""
        return self.contents.current()

    def language(self, wanted: str | None) -> str:
        """An offered language for what was asked for: itself, its base, or the first on offer."""
        offered = self.content.languages
        for candidate in (wanted or "", (wanted or "").split("-")[0].lower()):
            if candidate in offered:
                return candidate
        return next(iter(offered))


def make_services(settings: Settings) -> Services:
    """Connect and load everything; content that cannot be used stops the start with its findings."""
    clock = Clock(settings.clock)
    client, keys = connect(settings), Keys(settings.key_prefix)
    contents = ContentStore(settings.content_dir)
    store = ConversationStore(client, keys, clock, settings.retention_hours * 3600)
    model = settings.var_dir / "models" / "safety.npz"
    services = Services(
        settings=settings, clock=clock, redis=client, keys=keys, store=store, contents=contents,
        mask=_mask(contents.current()), guard=SafetyGuard.load(settings.content_dir, model if model.exists() else None),
        rasa=RasaClient(settings.bot_url, settings.bot_timeout_seconds),
        actions=ActionsClient(settings.actions_url, settings.actions_timeout_seconds),
        # The subscriber waits longer than any command may, so it has a connection of its own.
        doorbell=Doorbell(connect(settings, max_connections=4, timeout=10.0), keys.doorbell),
        limits=RateLimits(settings, clock),
    )

    def take_in(content: Content) -> None:
        services.mask = _mask(content)

    contents.on_change(take_in)
    return services


def _mask(content: Content) -> PrivacyMask:
    return PrivacyMask([contact.phone for contact in content.contacts.values() if contact.phone])


def put_services(app: Flask, services: Services) -> None:
    app.extensions["verkkoapu"] = services


def services() -> Services:
    """The services of the application that handles this request."""
    return current_app.extensions["verkkoapu"]
