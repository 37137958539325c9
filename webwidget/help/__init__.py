"""Help pages: the same editors' texts as pages, complete without JavaScript."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, request
from werkzeug.routing import BaseConverter

from webwidget.widget.packing import best_encoding, pack

blueprint = Blueprint("help", __name__, template_folder="templates")


class LanguageConverter(BaseConverter):
    """A language code at the beginning of an address; never the name of another part of the service."""

    regex = r"(?!api/|api$)[a-z]{2,3}(?:-[A-Za-z]{2,8})?"


@blueprint.record_once
def add_converter(state) -> None:
    # Routes with <lang:…> are added below, after this has run.
    app: Flask = state.app
    app.url_map.converters["lang"] = LanguageConverter


@blueprint.after_request
def finish(response: Response) -> Response:
    """Pages that are the same for everyone are compressed and kept a minute: they know the hour."""
    if response.mimetype != "text/html":
        return response
    if request.method not in ("GET", "HEAD") or request.endpoint in ("help.callback_form",):
        response.headers["Cache-Control"] = "no-store"
        return response
    response.headers.setdefault("Cache-Control", "public, max-age=60")
    response.headers.add("Vary", "Accept-Encoding")
    encoding = best_encoding()
    if encoding and not response.is_streamed:
        response.set_data(pack(response.get_data(), encoding))
        response.headers["Content-Encoding"] = encoding
    return response


from webwidget.help import forms, routes  # noqa: E402, F401 - they register their routes
