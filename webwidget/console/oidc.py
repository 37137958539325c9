"""Log-in through an OpenID Connect provider, with Authlib: the provider says who, our accounts say what they may."""

from __future__ import annotations

import logging

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app, make_response, redirect, url_for

from verkkoapu.errors import LoginRefused
from webwidget.console import pages
from webwidget.console.login import open_session
from webwidget.services import services

log = logging.getLogger(__name__)


def set_up_oidc(app: Flask) -> None:
    """Register the provider of the settings, if there is one. Its documents are read at the first log-in."""
    settings = app.extensions["verkkoapu"].settings
    # Flask's own cookie holds only the state of a log-in under way. Lax, because the provider's redirect must carry it.
    app.config.update(SESSION_COOKIE_NAME="verkkoapu_login", SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True,
                      SESSION_COOKIE_PATH="/console/oidc", SESSION_COOKIE_SECURE=settings.production)
    if not settings.oidc_issuer:
        return
    oauth = OAuth(app)
    oauth.register(
        name="provider", client_id=settings.oidc_client_id, client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{settings.oidc_issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "timeout": 5},
    )
    app.extensions["verkkoapu_oidc"] = oauth


@pages.get("/oidc/login")
def oidc_login():
    provider = _provider()
    if provider is None:
        return redirect(url_for("console_pages.page"))
    try:
        return provider.authorize_redirect(f"{services().settings.base_url}{url_for('console_pages.oidc_callback')}")
    except Exception as exc:  # the provider's documents could not be read: requests' and Authlib's errors
        log.warning("oidc_unavailable", extra={"reason": type(exc).__name__})
        return _back("oidc-unavailable")


@pages.get("/oidc/callback")
def oidc_callback():
    provider = _provider()
    if provider is None:
        return redirect(url_for("console_pages.page"))
    try:
        token = provider.authorize_access_token()
        claims = token.get("userinfo") or {}
    except AuthlibBaseError as exc:
        log.warning("oidc_refused", extra={"reason": exc.error or type(exc).__name__})
        return _back("oidc-refused")
    except Exception as exc:  # a wrong signature, a token out of date, no connection: nobody is logged in
        log.warning("oidc_failed", extra={"reason": type(exc).__name__})
        return _back("oidc-refused")
    subject = claims.get("sub")
    names = [str(claims.get("preferred_username") or "")]
    if claims.get("email_verified") is True:
        names.append(str(claims.get("email") or ""))
    try:
        if not subject:
            raise LoginRefused("no subject")
        account = services().accounts.by_subject(services().settings.oidc_issuer, str(subject), names)
    except LoginRefused:
        services().audit.write(str(names[0] or subject or "?")[:80], "login_refused", detail="oidc")
        return _back("oidc-no-account")
    return open_session(account, make_response(redirect(url_for("console_pages.page"))), "oidc")


def _provider():
    oauth = current_app.extensions.get("verkkoapu_oidc")
    return oauth.provider if oauth is not None else None


def _back(problem: str):
    return redirect(f"{url_for('console_pages.page')}?problem={problem}")


