"""The counsellors' console: its page, and its part of API.md under /api/console."""

from flask import Blueprint

blueprint = Blueprint("console", __name__, url_prefix="/api/console")
pages = Blueprint("console_pages", __name__, url_prefix="/console", template_folder="templates")

from webwidget.console import callbacks, conversations, events, login, lookups, oidc, page  # noqa: E402, F401 - they register their routes
