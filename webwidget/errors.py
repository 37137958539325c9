"""Errors as API.md promises: a code, and a message in the resident's language. Nothing here needs what may be broken."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from verkkoapu.assistant import static_text
from verkkoapu.errors import ConversationClosed, ConversationNotFound, StateUnavailable, WrongToken
from verkkoapu.i18n import translate
from webwidget.services import services

log = logging.getLogger(__name__)


class ApiError(Exception):
    """An answer that is an error: status, code, values for the message, headers and further fields."""

    def __init__(self, status: int, code: str, *, headers: dict[str, str] | None = None, extra: dict[str, Any] | None = None,
                 **values: object) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.headers = headers or {}
        self.extra = extra or {}
        self.values = values


def bad_request(field: str) -> ApiError:
    """400 that names the field."""
    return ApiError(400, "bad_request", field=field, extra={"field": field})


def error_language() -> str:
    """The conversation's language when it is known, else what the caller asked for."""
    known = getattr(g, "language", None)
    if known:
        return known
    best = request.accept_languages.best_match(list(services().content.languages)) if request.accept_languages else None
    return services().language(request.args.get("lang") or best)


def error_response(status: int, code: str, values: dict[str, object] | None = None, headers: dict[str, str] | None = None,
                   extra: dict[str, Any] | None = None) -> Response:
    """The JSON of one error."""
    language = error_language()
    body: dict[str, Any] = {"error": {"code": code, "message": translate(f"error.{code}", language, **(values or {})), **(extra or {})}}
    if status == 503:
        body["contacts"] = static_text(services().content, language, services().clock.now())
        extra_answer = getattr(g, "answer_without_record", None)
        if extra_answer is not None:
            body.update(extra_answer())
    response = jsonify(body)
    response.status_code = status
    response.headers.update(headers or {})
    return response


def register_errors(app: Flask) -> None:
    """Turn every error of the API into its JSON answer."""

    @app.errorhandler(ApiError)
    def api_error(exc: ApiError) -> Response:
        return error_response(exc.status, exc.code, exc.values, exc.headers, exc.extra)

    @app.errorhandler(ConversationNotFound)
    def not_found(_exc: Exception) -> Response:
        return error_response(404, "not_found")

    @app.errorhandler(WrongToken)
    def wrong_token(_exc: Exception) -> Response:
        return error_response(401, "bad_token")

    @app.errorhandler(ConversationClosed)
    def closed(_exc: Exception) -> Response:
        return error_response(409, "closed")

    @app.errorhandler(StateUnavailable)
    def unavailable(exc: StateUnavailable) -> Response:
        log.warning("state_unavailable", extra={"what": str(exc)})
        return error_response(503, "unavailable", headers={"Retry-After": "3"})

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(_exc: Exception) -> Response:
        return error_response(413, "too_long", {"limit": 2000})

    @app.errorhandler(HTTPException)
    def http_error(exc: HTTPException) -> Response:
        if not request.path.startswith("/api/"):
            return exc.get_response()  # type: ignore[return-value]
        codes = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 415: "unsupported_media"}
        code = codes.get(exc.code or 500, "unavailable")
        return error_response(exc.code or 500, code, {"field": "body"} if code == "bad_request" else None)

    @app.errorhandler(Exception)
    def unexpected(exc: Exception) -> Response:
        # The type and the place, never the values: they could hold what a resident wrote.
        place = exc.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{place.tb_lineno}" if place else "?"
        log.error("unexpected_error %s at %s", type(exc).__name__, where)
        if not request.path.startswith("/api/"):
            from webwidget.failsafe import failsafe_page

            return failsafe_page()
        return error_response(503, "unavailable", headers={"Retry-After": "3"})
