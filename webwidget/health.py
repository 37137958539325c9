"""Whether the process lives, whether residents can be served, and the numbers behind it."""

from __future__ import annotations

import time
from typing import Any

import requests
from flask import Blueprint, Flask, Response, abort, g, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from webwidget.services import services

blueprint = Blueprint("health", __name__)
REGISTRY = CollectorRegistry()
REQUESTS = Counter("verkkoapu_requests_total", "Requests by route and status.", ["route", "status"], registry=REGISTRY)
SECONDS = Histogram("verkkoapu_request_seconds", "Time to answer, by route.", ["route"], registry=REGISTRY)
STREAMS = Gauge("verkkoapu_open_streams", "Open event streams in this process.", registry=REGISTRY)
REFUSED = Gauge("verkkoapu_content_findings", "Findings of a content change that was refused.", registry=REGISTRY)


@blueprint.get("/healthz")
def healthz():
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
def readyz():
    """Each dependency by name. 200 while residents can be served: that needs Redis; without Rasa there are answers still."""
    found = services()
    found.contents.current()  # looks for an edit, so that a refused one is told though nobody asks for content
    parts: dict[str, Any] = {"redis": _redis(), "bot": _http(found.settings.bot_url + "/"),
                             "actions": _http(found.settings.actions_url + "/health"),
                             "content": "refused" if found.contents.refused else "ok"}
    ready = parts["redis"] == "ok"
    complete = ready and all(parts[name] == "ok" for name in ("bot", "actions"))
    return jsonify({"ready": ready, "complete": complete, "parts": parts}), 200 if ready else 503


@blueprint.get("/metrics")
def metrics():
    # Private: a reverse proxy forwards residents only, and a caller from elsewhere is refused here.
    if request.remote_addr not in ("127.0.0.1", "::1") or request.headers.get("X-Forwarded-For"):
        abort(404)
    services().contents.current()
    STREAMS.set(services().doorbell.listeners)
    REFUSED.set(len(services().contents.refused))
    return Response(generate_latest(REGISTRY), mimetype=CONTENT_TYPE_LATEST)


def _redis() -> str:
    try:
        services().redis.ping()
    except Exception as exc:
        return type(exc).__name__
    return "ok"


def _http(url: str) -> str:
    try:
        answer = requests.get(url, timeout=1.0)
    except requests.RequestException as exc:
        return type(exc).__name__
    return "ok" if answer.ok else str(answer.status_code)


def measure_requests(app: Flask) -> None:
    """Count every request and its time by route, never by address or text."""

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        REQUESTS.labels(route, str(response.status_code)).inc()
        SECONDS.labels(route).observe(time.perf_counter() - g.get("started", time.perf_counter()))
        return response
