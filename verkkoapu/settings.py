"""Settings are data: name, default and one sentence each; the environment is read once, at start."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from verkkoapu.errors import SettingsError

PROJECT_DIR = Path(__file__).resolve().parent.parent


def _number(low: float, high: float, kind: type = int) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        value = kind(text)
        if not low <= value <= high:
            raise ValueError(f"must be between {low:g} and {high:g}")
        return value

    return parse


def _one_of(*values: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in values:
            raise ValueError("must be one of " + ", ".join(values))
        return text

    return parse


def _url(text: str) -> str:
    parts = urlsplit(text)
    if not parts.scheme or not (parts.netloc or parts.scheme == "unix"):
        raise ValueError("must be a whole address such as http://127.0.0.1:5005")
    return text.rstrip("/")


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
            raise ValueError(f"'{origin}' is not an origin such as https://www.example.fi")
    return origins


def _time(text: str) -> datetime | None:
    if not text:
        return None
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("must carry a time zone, such as 2026-11-23T10:00:00+02:00")
    return value


@dataclass(frozen=True)
class Setting:
    """One setting: the environment variable, the field, its default as text, and what it is for."""

    env: str
    field: str
    default: str
    help: str
    parse: Callable[[str], Any] = str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("PORT", "port", "8080", "The public port of the web process.", _number(1, 65535)),
    Setting("VERKKOAPU_HOST", "host", "127.0.0.1", "The address the public port listens on."),
    Setting("VERKKOAPU_ENV", "env", "development", "Where the service runs: development, test or production.",
            _one_of("development", "test", "production")),
    Setting("VERKKOAPU_CLOCK", "clock", "", "Starts the service's clock at this time for a trial; empty is now.", _time),
    Setting("VERKKOAPU_RATE_LIMIT", "rate_limit", "on", "Limits on messages and conversations; off only for load trials.",
            _one_of("on", "off")),
    Setting("VERKKOAPU_SITES", "sites", "", "Origins, separated by commas, that may embed the widget and call the API.",
            _origins),
    Setting("VERKKOAPU_PUBLIC_URL", "public_url", "", "The address residents see; empty is http://HOST:PORT.",
            lambda text: _url(text) if text else ""),
    Setting("DEMO_PORT", "demo_port", "8090", "The port of the demo county site; 0 leaves it out.", _number(0, 65535)),
    Setting("VERKKOAPU_DIR", "var_dir", str(PROJECT_DIR / "var"), "Where models, logs and the embedded Redis keep their files.",
            Path),
    Setting("VERKKOAPU_CONTENT", "content_dir", str(PROJECT_DIR / "content"), "The folder with all content.", Path),
    Setting("VERKKOAPU_MODEL", "model", "", "A sentence-transformers model folder or name; empty is the one trained from content."),
    Setting("REDIS_URL", "redis_url", "", "An existing Redis, 6.2 or newer; empty starts an embedded one.",
            lambda text: _url(text) if text else "", secret=True),
    Setting("VERKKOAPU_KEY_PREFIX", "key_prefix", "verkkoapu", "The beginning of every Redis key of this service."),
    Setting("VERKKOAPU_REDIS_TIMEOUT", "redis_timeout_seconds", "2", "How long Redis may take to answer, in seconds.",
            _number(0.05, 60, float)),
    Setting("VERKKOAPU_BOT_URL", "bot_url", "http://127.0.0.1:5005", "Where the Rasa server listens.", _url),
    Setting("VERKKOAPU_BOT_TIMEOUT", "bot_timeout_seconds", "6", "How long Rasa may take for one turn, in seconds.",
            _number(0.05, 60, float)),
    Setting("VERKKOAPU_ACTIONS_URL", "actions_url", "http://127.0.0.1:5055", "Where the action server listens.", _url),
    Setting("VERKKOAPU_ACTIONS_TIMEOUT", "actions_timeout_seconds", "4",
            "How long the action server may take when asked directly, in seconds.", _number(0.05, 60, float)),
    Setting("VERKKOAPU_SECRET_KEY", "secret_key", "", "Signs the counsellors' sessions; needed in production, made for you elsewhere.",
            secret=True),
    Setting("VERKKOAPU_RETENTION_HOURS", "retention_hours", "24", "How long a conversation that met no counsellor is kept.",
            _number(1, 24 * 365)),
    Setting("VERKKOAPU_RETENTION_HANDED_OVER_HOURS", "retention_handed_over_hours", "720",
            "How long a conversation that was handed over is kept.", _number(1, 24 * 365)),
    Setting("VERKKOAPU_LEASE_SECONDS", "lease_seconds", "60",
            "How long a counsellor's connection may be gone before a conversation returns to the queue.",
            _number(1, 3600)),
    Setting("VERKKOAPU_HEARTBEAT_SECONDS", "heartbeat_seconds", "15", "How often an idle event stream sends a comment line.",
            _number(1, 25)),
    Setting("VERKKOAPU_SESSION_MINUTES", "session_minutes", "60", "How long a counsellor's log-in lives without being used.",
            _number(1, 24 * 60)),
    Setting("VERKKOAPU_OIDC_ISSUER", "oidc_issuer", "", "The address of the OpenID Connect provider for counsellors; empty leaves it out.",
            lambda text: _url(text) if text else ""),
    Setting("VERKKOAPU_OIDC_CLIENT_ID", "oidc_client_id", "", "What the provider calls this service."),
    Setting("VERKKOAPU_OIDC_CLIENT_SECRET", "oidc_client_secret", "", "The secret that the provider gave this service.", secret=True),
    Setting("VERKKOAPU_TRUSTED_PROXIES", "trusted_proxies", "0",
            "How many proxies in front of the service set X-Forwarded-For.", _number(0, 10)),
)


@dataclass(frozen=True)
class Settings:
    """The settings of one process, read once; see SETTINGS for what each one means."""

    port: int
    host: str
    env: str
    clock: datetime | None
    rate_limit: str
    sites: tuple[str, ...]
    public_url: str
    demo_port: int
    var_dir: Path
    content_dir: Path
    model: str
    redis_url: str
    key_prefix: str
    redis_timeout_seconds: float
    bot_url: str
    bot_timeout_seconds: float
    actions_url: str
    actions_timeout_seconds: float
    secret_key: str
    retention_hours: int
    retention_handed_over_hours: int
    lease_seconds: int
    heartbeat_seconds: int
    session_minutes: int
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str
    trusted_proxies: int

    @property
    def production(self) -> bool:
        return self.env == "production"

    @property
    def base_url(self) -> str:
        """The address residents see, without a slash at its end."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """Origins that may call the API from a page; the demo page's own outside production."""
        if self.production or not self.demo_port:
            return self.sites
        hosts = {self.host, "127.0.0.1", "localhost"}
        return (*self.sites, *sorted(f"http://{host}:{self.demo_port}" for host in hosts))


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read every setting from the environment; raise SettingsError that names the wrong one."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        text = environ.get(setting.env, "").strip() or setting.default
        try:
            values[setting.field] = setting.parse(text)
        except ValueError as exc:
            shown = "(hidden)" if setting.secret else repr(text)
            raise SettingsError(f"{setting.env}={shown}: {exc}. It means: {setting.help}") from exc
    settings = Settings(**values)
    _refuse_trials_in_production(settings)
    return settings


def _refuse_trials_in_production(settings: Settings) -> None:
    if not settings.production:
        return
    if settings.clock is not None:
        raise SettingsError("VERKKOAPU_CLOCK is for trials and is refused when VERKKOAPU_ENV=production: unset it.")
    if settings.rate_limit == "off":
        raise SettingsError("VERKKOAPU_RATE_LIMIT=off is for load trials and is refused when VERKKOAPU_ENV=production: unset it.")
    if not settings.secret_key:
        raise SettingsError("VERKKOAPU_SECRET_KEY is missing: set it to a long random text when VERKKOAPU_ENV=production.")


def describe_settings(settings: Settings) -> str:
    """Every setting with its value, default and sentence, as text for the terminal; secrets are hidden."""
    lines = []
    for setting in SETTINGS:
        value = getattr(settings, setting.field)
        shown = ("(set)" if value else "(not set)") if setting.secret else str("" if value is None else value)
        default = setting.default or "(empty)"
        lines.append(f"{setting.env}\n    value    {shown or '(empty)'}\n    default  {default}\n    {setting.help}")
    return "\n".join(lines)


assert {f.name for f in fields(Settings)} == {s.field for s in SETTINGS}
