"""An invented county site on an origin of its own, so that embedding is tried for real. Not part of the service."""

from __future__ import annotations

from flask import Flask, Response, redirect, render_template, request

from verkkoapu.i18n import translate
from verkkoapu.settings import load_settings

LANGUAGES = ("fi", "sv", "en")
PAGES = ("home", "services", "news", "contact")


def create_demo(service: str) -> Flask:
    """The demo site; `service` is the address of Verkkoapu."""
    app = Flask(__name__)

    @app.get("/")
    def choose_language() -> Response:
        language = request.accept_languages.best_match(LANGUAGES) or "fi"
        return redirect(f"/{language}/")  # type: ignore[return-value]

    @app.get("/<any(fi, sv, en):language>/")
    @app.get("/<any(fi, sv, en):language>/<any(services, news, contact):name>")
    def page(language: str, name: str = "home") -> str:
        return render_template(
            "page.html",
            language=language,
            name=name,
            service=service,
            pages=PAGES,
            languages={one: translate("demo.language", one) for one in LANGUAGES},
            t=lambda key: translate(f"demo.{key}", language),
        )

    @app.after_request
    def strict(response: Response) -> Response:
        # A careful county's own policy: only its own files and the service's.
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'self' {service}; style-src 'self' {service}; connect-src {service}; "
            f"img-src 'self' {service} data:; base-uri 'none'; form-action 'none'"
        )
        return response

    return app


def __getattr__(name: str):
    if name == "app":  # gunicorn's entry, made only when it is asked for
        return create_demo(load_settings().base_url)
    raise AttributeError(name)
