"""The console's page, its scripts and its texts."""

from __future__ import annotations

from pathlib import Path

from flask import Response, current_app, jsonify, render_template, request, send_from_directory

from verkkoapu.i18n import FALLBACK, catalogue, translate
from webwidget.console import pages
from webwidget.console.conversations import ui_language
from webwidget.errors import ApiError
from webwidget.services import services

STATIC = Path(__file__).parent / "static"
#: The languages counsellors work in; the residents' languages are more.
LANGUAGES = ("fi", "sv", "en")


@pages.get("")
@pages.get("/")
def page() -> str:
    """A shell that holds nothing private: the scripts ask who is logged in."""
    language = ui_language()
    if language not in LANGUAGES:
        language = LANGUAGES[0]
    return render_template("console.html", language=language, languages=LANGUAGES, oidc="verkkoapu_oidc" in current_app.extensions,
                           t=lambda key: translate(key, language), problem=_problem(language), service=services().content.name)


def _problem(language: str) -> str | None:
    problem = request.args.get("problem")
    return translate(f"console.problem.{problem}", language) if problem in ("oidc-refused", "oidc-unavailable", "oidc-no-account") else None


@pages.get("/texts/<language>.json")
def texts(language: str):
    """Every text of the console in one language."""
    if language not in LANGUAGES:
        raise ApiError(404, "not_found")
    keys = {str(message.id) for name in FALLBACK for message in (catalogue(name) or ()) if str(message.id).startswith("console.")}
    return jsonify({key: translate(key, language) for key in sorted(keys)})


@pages.get("/static/<path:name>")
def static_file(name: str) -> Response:
    return send_from_directory(STATIC, name, max_age=300)
