"""The residents' interface of API.md."""

from flask import Blueprint

blueprint = Blueprint("api", __name__, url_prefix="/api")

from webwidget.api import conversations, events, lookups  # noqa: E402, F401 - they register their routes
