"""Headers after each request: who may call from which page, and what a page of ours may do."""

from __future__ import annotations

from flask import Flask, Response, request

from webwidget.services import services

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def add_headers(app: Flask) -> None:
    """Cross-origin answers for the listed sites only; strict policies on our own pages."""

    @app.before_request
    def answer_preflight() -> Response | None:
        if request.method == "OPTIONS" and request.headers.get("Access-Control-Request-Method"):
            return Response(status=204)
        return None

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        if request.path.startswith("/api/console") or request.path.startswith("/console"):
            response.headers.setdefault("Cache-Control", "no-store")
        elif request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
            _cross_origin(response)
        elif request.path.startswith("/widget"):
            # Module scripts are fetched with CORS from the host page's origin; they hold nothing private.
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")
        if response.mimetype == "text/html":
            response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
            response.headers.setdefault("X-Frame-Options", "DENY")
        return response


def _cross_origin(response: Response) -> None:
    origin = request.headers.get("Origin")
    response.headers.add("Vary", "Origin")
    if origin is None or origin not in services().settings.allowed_origins:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Last-Event-ID"
    response.headers["Access-Control-Expose-Headers"] = "Retry-After"
    response.headers["Access-Control-Max-Age"] = "7200"
