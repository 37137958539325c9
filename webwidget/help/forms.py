"""The forms that send something: ask a question, ask for a call. They work without JavaScript and without a cookie.

Without a cookie there is nothing that another site could ride on; what remains is a page of another site that fills in
a form in the resident's name. So a form that is sent says from which page it comes (Origin, Sec-Fetch-Site), and the
call-back form carries a signed word with a time in it.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

import phonenumbers
from flask import current_app, g, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from verkkoapu.callbacks import TIMES, UnknownTime
from verkkoapu.errors import AssistantUnavailable, StateUnavailable
from webwidget import limits
from webwidget.api.requests import MAX_TEXT
from webwidget.help import blueprint
from webwidget.help.rendering import offered, page, text_with_breaks
from webwidget.help.routes import allowed, danger_in, municipality_asked
from webwidget.services import services
from webwidget.turns import assistant_down, clean_text

#: How long a form may lie open before it is sent, in seconds.
FORM_SECONDS = 6 * 3600
_PROCESS_SECRET = secrets.token_urlsafe(32)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"] or _PROCESS_SECRET, salt="help-form")


def form_word(name: str) -> str:
    """The signed word a form carries."""
    return _signer().dumps([name, secrets.token_urlsafe(6)])


def from_our_page() -> bool:
    """Whether the browser says that the form stands on a page of ours; one that says nothing is believed."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    # "null" is what a browser sends for its own form under a no-referrer policy; Sec-Fetch-Site above has decided then.
    if origin in (None, "null"):
        return True
    return urlsplit(origin or "").netloc in (request.host, urlsplit(services().settings.base_url).netloc)


def right_word(name: str) -> bool:
    """Whether the form's signed word is ours, for this form and not too old."""
    try:
        return _signer().loads(request.form.get("word", ""), max_age=FORM_SECONDS)[0] == name
    except (BadSignature, IndexError, TypeError, KeyError):
        return False


@blueprint.get("/<lang:language>/ask")
def ask_form(language: str) -> str:
    language = offered(language)
    return page("help/ask.html", language, path="ask", question="", municipality=municipality_asked())


@blueprint.post("/<lang:language>/ask")
def ask(language: str):
    """Answer a question on a page. Nothing is stored: no conversation is opened, and the text is masked before it is read."""
    language = offered(language)
    question = clean_text(request.form.get("question", ""))
    municipality = request.form.get("municipality") or None
    if municipality not in services().content.municipalities:
        municipality = None
    problem = None
    if not from_our_page():
        problem = "error_origin"
    elif not question:
        problem = "error_question"
    elif len(question) > MAX_TEXT:
        problem = "error_long"
    elif not allowed(limits.MESSAGES_A_NETWORK):
        problem = "error_many"
    if problem:
        return page("help/ask.html", language, path="ask", question=question, municipality=municipality, problem=problem), 400
    masked = services().mask.mask(question)
    replies = answer_once(masked.text, language, municipality)
    return page(
        "help/answer.html",
        language,
        path="ask",
        question=masked.text,
        masked=bool(masked.kinds),
        noindex=True,
        replies=[shown(reply, language) for reply in replies],
        municipality=municipality,
    )


def answer_once(text: str, language: str, municipality: str | None) -> list[dict[str, Any]]:
    """The replies to one question outside a conversation: danger first, then the bot, then the static numbers."""
    danger = danger_in(text, language)
    if danger is not None and danger["level"] == "alarm":
        return [danger]
    try:
        replies = [services().actions.answer(text=text, choice=None, language=language, municipality=municipality)]
    except AssistantUnavailable:
        replies = [assistant_down(services(), language)]
    if danger is not None and replies[0].get("topic") != danger["topic"]:
        replies.append(danger)
    return replies


def shown(reply: dict[str, Any], language: str) -> dict[str, Any]:
    """A reply for the template: buttons become links, a plain text paragraphs."""
    links = [
        {"label": choice["label"], "href": href} for choice in reply.get("choices", ()) if (href := address_of(choice["value"], language))
    ]
    parts = reply.get("parts") or {}
    return {**reply, "parts": parts, "ways": links, "body": text_with_breaks(parts.get("summary") or reply["text"])}


def address_of(value: str, language: str) -> str | None:
    """The page that stands for a button of the chat; None when a page cannot do it."""
    name, _, rest = value.partition(":")
    if name == "topic":
        return f"/{language}/{rest}"
    if name == "followup":
        topic, _, number = rest.rpartition(":")
        return f"/{language}/{topic}#q{number}"
    if name == "municipality":
        return f"/{language}/contacts?municipality={rest}"
    if name == "language":
        return f"/{rest}/ask"
    if value in ("handover", "callback"):
        return f"/{language}/callback"
    return None


@blueprint.get("/<lang:language>/callback")
def callback_form(language: str) -> str:
    language = offered(language)
    return _callback_page(language)


@blueprint.post("/<lang:language>/callback")
def ask_callback(language: str):
    language = offered(language)
    phone = phone_number(request.form.get("phone", ""))
    when = request.form.get("when", "")
    topic = request.form.get("topic") or None
    if topic not in services().content.topics:
        topic = None
    problems = {}
    if phone is None:
        problems["phone"] = "callback_error_phone"
    if when not in TIMES:
        problems["when"] = "callback_error_when"
    if request.form.get("consent") != "yes":
        problems["consent"] = "callback_error_consent"
    if not (from_our_page() and right_word("callback")):
        problems = {"form": "error_origin"}
    elif not problems and not allowed(limits.CALLBACKS_A_NETWORK):
        problems = {"form": "error_many"}
    if problems:
        return _callback_page(language, problems=problems, topic=topic), 400
    try:
        _store_callback(language, phone or "", topic, when)
    except StateUnavailable:
        return _callback_page(language, problems={"form": "error_unavailable"}, topic=topic), 503
    said = services().content.phrase("callback_done", language, when=services().content.phrase(f"when_{when}", language))
    return page("help/callback.html", language, path="callback", noindex=True, done=said)


def phone_number(text: str) -> str | None:
    """A number in E.164, or None."""
    try:
        number = phonenumbers.parse(text[:40], "FI")
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_possible_number(number) else None


def _store_callback(language: str, phone: str, topic: str | None, when: str) -> None:
    found = services()
    # A request belongs to a conversation, so that the console has one place to look at it; this one has no reader.
    conversation, _token = found.store.create(language, None)
    try:
        found.callbacks.add(conversation.id, phone, topic, when, language)
    except UnknownTime as exc:  # checked before; here so that nothing slips through unsaid
        raise StateUnavailable("callback") from exc


def _callback_page(language: str, **values: Any) -> str:
    content = services().content
    times = [(when, content.phrase(f"when_{when}", language)) for when in TIMES]
    g.language = language
    return page(
        "help/callback.html",
        language,
        path="callback",
        times=times,
        word=form_word("callback"),
        **{"problems": {}, "topic": request.args.get("topic"), **values},
    )
