"""The Flask application: widget, help pages, public API and the counsellors' console."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from verkkoapu.settings import Settings, load_settings
from webwidget.errors import register_errors
from webwidget.headers import add_headers
from webwidget.health import measure_requests
from webwidget.services import make_services, put_services


def create_app(settings: Settings | None = None) -> Flask:
    """Settings, then services, then blueprints; nothing else."""
    settings = settings or load_settings()
    app = Flask(__name__, static_folder=None)
    # A message has 2 000 characters of up to 4 bytes, escaped in JSON at most sixfold.
    app.config.update(MAX_CONTENT_LENGTH=64 * 1024, SECRET_KEY=settings.secret_key or None)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=1, x_host=1)  # type: ignore[method-assign]
    put_services(app, make_services(settings))
    setup_blueprints(app)
    register_errors(app)
    measure_requests(app)
    add_headers(app)
    return app


def setup_blueprints(app: Flask) -> None:
    """api: residents, no cookies. widget: scripts for other origins. console: counsellors, with a session. health: for machines."""
    from webwidget import api, console, health, help, widget

    app.register_blueprint(api.blueprint)
    app.register_blueprint(widget.blueprint)
    app.register_blueprint(help.blueprint)
    app.register_blueprint(console.blueprint)
    app.register_blueprint(console.pages)
    console.oidc.set_up_oidc(app)
    app.register_blueprint(health.blueprint)
