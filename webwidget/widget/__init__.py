"""The embedded chat: one script for a host page, the modules it fetches, and the interface texts."""

from __future__ import annotations

import json

from flask import Blueprint, Response, abort, g, request

from webwidget.services import services
from webwidget.widget import parts, texts
from webwidget.widget.packing import packed

blueprint = Blueprint("widget", __name__)

#: The loader stands on other sites' pages under one address, so a new one must be seen soon.
LOADER_SECONDS = 300
#: Parts carry the digest of all parts in their address and may be kept as long as a browser likes.
PART_SECONDS = 31_536_000


@blueprint.get("/widget.js")
def loader() -> Response:
    """The loader, with the launcher's words and the static numbers of every language inside."""
    config = json.dumps(texts.loader_config(services()), ensure_ascii=False, separators=(",", ":"))
    body = parts.read("widget.js").replace('"@config@"', config)
    return packed(body.encode(), "text/javascript", max_age=LOADER_SECONDS)


@blueprint.get("/widget/texts/<language>.json")
def interface_texts(language: str) -> Response:
    """Everything the panel says in one language; the static contacts in it know the hour, so it is kept a minute."""
    if language not in services().content.languages:
        g.language = services().language(None)
        abort(404)
    body = json.dumps(texts.panel_texts(services(), language), ensure_ascii=False, separators=(",", ":"))
    return packed(body.encode(), "application/json", max_age=60)


@blueprint.get("/widget/<version>/<name>")
def part(version: str, name: str) -> Response:
    """One module or style sheet of the panel."""
    if name not in parts.names():
        abort(404)
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    fresh = version == parts.version()
    return packed(parts.read(name).encode(), kind, max_age=PART_SECONDS if fresh else 60, immutable=fresh)


@blueprint.after_request
def allow_long_keeping(response: Response) -> Response:
    """No reader's own answer stands here, so a shared cache may keep it, apart by encoding."""
    if response.status_code == 200 and request.method == "GET":
        response.headers.add("Vary", "Accept-Encoding")
    return response
