"""The page for when the application itself fails: every offered language, the emergency number, nothing that may break."""

from __future__ import annotations

from flask import Response

from verkkoapu.i18n import catalogue_languages, translate

_PAGE = """<!doctype html><html lang="fi"><head><meta charset="utf-8"><title>112</title>
<meta name="viewport" content="width=device-width"></head><body>{parts}</body></html>"""


def failsafe_page() -> Response:
    """A plain 503 page with 112 in every language that has a catalogue."""
    parts = "".join(
        f'<p lang="{language}">{translate("error.unavailable", language)} <a href="tel:112">112</a></p>'
        for language in catalogue_languages()
    )
    return Response(_PAGE.format(parts=parts), status=503, mimetype="text/html", headers={"Retry-After": "5"})
