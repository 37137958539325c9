"""An invented county site on an origin of its own, so that embedding is tried for real. Not part of the service."""

from __future__ import annotations

from flask import Flask, render_template

from verkkoapu.settings import load_settings


def create_demo(service: str) -> Flask:
    """The demo site; `service` is the address of Verkkoapu."""
    app = Flask(__name__)

    @app.get("/")
    @app.get("/<any(fi, sv, en):language>/")
    def page(language: str = "fi") -> str:
        return render_template("page.html", language=language, service=service)

    @app.after_request
    def strict(response):
        # A careful county's own policy: only its own files and the service's.
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'self' {service}; style-src 'self' {service}; connect-src {service}; img-src 'self' {service} data:; "
            "base-uri 'none'; form-action 'none'"
        )
        return response

    return app


def __getattr__(name: str):
    if name == "app":  # gunicorn's entry, made only when it is asked for
        return create_demo(load_settings().base_url)
    raise AttributeError(name)
