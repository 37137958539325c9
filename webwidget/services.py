"""What the routes share, made once a process."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from verkkoapu.callbacks import CallbackStore
from verkkoapu.clock import Clock
from verkkoapu.connect import connect
from verkkoapu.content import Content, ContentStore
from verkkoapu.conversations import ConversationStore
from verkkoapu.handover.accounts import Accounts
from verkkoapu.handover.audit import AuditLog
from verkkoapu.handover.desk import HandoverDesk
from verkkoapu.handover.presence import PresenceStore
from verkkoapu.handover.reaper import Reaper
from verkkoapu.handover.sessions import Sessions
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
    accounts: Accounts
    sessions: Sessions
    presence: PresenceStore
    desk: HandoverDesk
    callbacks: CallbackStore
    audit: AuditLog
    reaper: Reaper

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
    kept = settings.retention_handed_over_hours * 3600
    accounts = Accounts(client, keys, aside)
    presence = PresenceStore(client, keys, accounts, settings.lease_seconds)
    desk = HandoverDesk(store, presence, contents.current, clock, kept)
    callbacks = CallbackStore(store, contents.current, clock, kept)
    model = settings.var_dir / "models" / "safety.npz"
    services = Services(
        settings=settings, clock=clock, redis=client, keys=keys, store=store, contents=contents,
        mask=_mask(contents.current()), guard=SafetyGuard.load(settings.content_dir, model if model.exists() else None),
        rasa=RasaClient(settings.bot_url, settings.bot_timeout_seconds),
        actions=ActionsClient(settings.actions_url, settings.actions_timeout_seconds),
        # The subscriber waits longer than any command may, so it has a connection of its own.
        doorbell=Doorbell(connect(settings, max_connections=4, timeout=10.0), keys.doorbell),
        limits=RateLimits(settings, clock),
        accounts=accounts, sessions=Sessions(client, keys, settings.session_minutes * 60), presence=presence, desk=desk,
        callbacks=callbacks, audit=AuditLog(client, keys, clock), reaper=Reaper(desk, callbacks, settings.lease_seconds),
    )

    def take_in(content: Content) -> None:
        services.mask = _mask(content)

    contents.on_change(take_in)
    return services


def aside(function: Callable[..., Any], *values: Any) -> Any:
    """Run slow arithmetic (Argon2) in a real thread under gevent, where it would hold every stream up; it must not use a connection."""
    from gevent import get_hub, monkey

    return get_hub().threadpool.apply(function, values) if monkey.is_module_patched("socket") else function(*values)


def _mask(content: Content) -> PrivacyMask:
    return PrivacyMask([contact.phone for contact in content.contacts.values() if contact.phone])


def put_services(app: Flask, services: Services) -> None:
    app.extensions["verkkoapu"] = services


def services() -> Services:
    """The services of the application that handles this request."""
    return current_app.extensions["verkkoapu"]
