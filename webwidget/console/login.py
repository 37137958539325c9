"""Log-in, log-out, and who calls: identity comes from the session only, never from what a request says."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, g, jsonify, request

from verkkoapu.errors import LoginLocked, LoginRefused
from verkkoapu.handover.accounts import Account
from verkkoapu.handover.roles import ROLES
from webwidget import limits
from webwidget.api.requests import json_body, network, text_field, within_limit
from webwidget.console import blueprint
from webwidget.errors import ApiError, bad_request
from webwidget.services import services

COOKIE = "verkkoapu_console"


def staff(permission: str | None = None) -> Callable:
    """A route for logged-in counsellors whose role has `permission`; writes must carry the session's CSRF token."""
    def decorate(route: Callable) -> Callable:
        @wraps(route)
        def checked(*args: Any, **kwargs: Any) -> Any:
            log_in_from_cookie()
            if request.method not in ("GET", "HEAD") and not g.session.csrf_fits(request.headers.get("X-CSRF-Token", "")):
                raise ApiError(403, "csrf")
            if permission is not None and not me().may(permission):
                services().audit.write(me().id, "refused", str(kwargs.get("conversation_id", "")), request.endpoint or "")
                raise ApiError(403, "not_allowed")
            services().presence.touch(me().id)
            return route(*args, **kwargs)

        return checked

    return decorate


def log_in_from_cookie() -> None:
    """Set g.session and g.account, or answer 401."""
    token = request.cookies.get(COOKIE)
    session = services().sessions.find(token) if token else None
    account = services().accounts.get(session.counsellor) if session is not None else None
    if session is None or account is None or not account.active:
        raise ApiError(401, "not_logged_in")
    g.session, g.account = session, account


def me() -> Account:
    """The counsellor who calls."""
    return g.account


def open_session(account: Account, response: Response, how: str) -> Response:
    """Log in: a session in Redis, its token in a cookie that no script and no other site can use."""
    token, session = services().sessions.open(account.id)
    g.session, g.account = session, account
    services().audit.write(account.id, "login", detail=how)
    services().presence.touch(account.id, now=True)
    response.set_cookie(COOKIE, token, httponly=True, samesite="Strict", path="/",
                        secure=services().settings.production or request.is_secure)
    return response


def whoami() -> dict[str, Any]:
    """What the console knows of its own counsellor."""
    desk = services().presence.on_duty(me())
    return {"csrf": g.session.csrf, "counsellor": me().public() | {"status": desk.status, "capacity": desk.capacity},
            "permissions": sorted(ROLES[me().role]), "lease_seconds": services().settings.lease_seconds,
            "heartbeat_seconds": services().settings.heartbeat_seconds}


@blueprint.post("/login")
def log_in():
    body = json_body()
    within_limit(limits.LOGINS_A_NETWORK, "login", network())
    username, password = text_field(body, "username", required=True, limit=80) or "", body.get("password")
    if not isinstance(password, str) or not password or len(password) > 1000:
        raise bad_request("password")
    try:
        account = services().accounts.log_in(username, password)
    except LoginLocked as exc:
        services().audit.write(username[:80], "login_locked")
        raise ApiError(429, "login_locked", headers={"Retry-After": str(exc.seconds)}, minutes=exc.seconds // 60 + 1) from exc
    except LoginRefused as exc:
        services().audit.write(username[:80], "login_refused")
        raise ApiError(401, "login_refused") from exc
    response = open_session(account, jsonify({}), "password")
    response.set_data(jsonify(whoami()).get_data())
    return response


@blueprint.post("/logout")
@staff()
def log_out():
    """End the session; what the counsellor held goes back to the head of the queue at once."""
    for conversation in services().desk.held(me().id):
        services().desk.release(me(), conversation.id)
    services().presence.leave(me().id)
    services().sessions.end(g.session.digest)
    services().audit.write(me().id, "logout")
    response = Response(status=204)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="Strict")
    return response


@blueprint.get("/me")
def read_me():
    """Who is logged in; `counsellor` is null when nobody is, which is no error: the page asks before it shows its form."""
    try:
        log_in_from_cookie()
    except ApiError:
        return jsonify({"csrf": None, "counsellor": None})
    services().presence.touch(me().id)
    return jsonify(whoami())
