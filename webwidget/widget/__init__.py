"""The embedded chat: one script for a host page, and the modules it fetches."""

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

blueprint = Blueprint("widget", __name__)
STATIC = Path(__file__).parent / "static"


@blueprint.get("/widget.js")
def loader() -> Response:
    response = send_from_directory(STATIC, "widget.js", mimetype="text/javascript", max_age=300)
    return response


@blueprint.get("/widget/<path:name>")
def part(name: str) -> Response:
    return send_from_directory(STATIC, name, max_age=300)
