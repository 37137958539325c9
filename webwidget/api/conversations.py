"""Conversations: open, send, read, language, handover, call back, feedback, transcript, erase."""

from __future__ import annotations

import re
from typing import Any

import phonenumbers
from flask import Response, g, jsonify

from verkkoapu.assistant import Assistant
from verkkoapu.callbacks import UnknownTime
from verkkoapu.clock import iso
from verkkoapu.conversations import Conversation
from verkkoapu.errors import ConversationClosed, StateUnavailable
from verkkoapu.handover.availability import Availability
from verkkoapu.handover.states import CLOSED, LIVE, PEOPLE_STATES, QUEUED
from verkkoapu.handover.texts import open_first
from verkkoapu.transcript import transcript_text
from webwidget import limits
from webwidget.api import blueprint
from webwidget.api.requests import (
    MAX_TEXT,
    client_id_field,
    json_body,
    language_field,
    network,
    own_conversation,
    page_field,
    text_field,
    topic_field,
    within_limit,
)
from webwidget.errors import ApiError, bad_request
from webwidget.hands import join_queue, last_topic
from webwidget.services import services
from webwidget.turns import clean_text, guard_verdict, safety_message, take_turn

_MESSAGE_ID = re.compile(r"^\d{1,20}-\d{1,20}$")


def public(message: dict[str, Any]) -> dict[str, Any]:
    """A message as API.md's Message: every field there, whatever the entry left out."""
    hidden = {"by"} if message["from"] == "resident" else {"by", "client_id"}
    shown = {name: value for name, value in message.items() if name not in hidden}
    return {"topic": None, "contacts": [], "links": [], "choices": [], "masked": [], **shown}


def standing(conversation: Conversation) -> dict[str, Any]:
    """State and language; the place in the queue while waiting, the counsellor's name while one answers."""
    found: dict[str, Any] = {"state": conversation.state, "language": conversation.language}
    if conversation.state == QUEUED:
        waiting = services().desk.waiting(conversation)
        found |= {"position": waiting.position, "estimate_minutes": waiting.estimate_minutes}
    elif conversation.state == LIVE:
        found["counsellor"] = {"name": conversation.owner_name}
    return found


def whole(conversation: Conversation, messages: list[dict[str, Any]]) -> Response:
    """State, language and messages."""
    return jsonify({**standing(conversation), "messages": [public(m) for m in messages]})


@blueprint.post("/conversations")
def open_conversation():
    body = json_body()
    within_limit(limits.CONVERSATIONS_A_NETWORK, network())
    language = services().language(language_field(body))
    g.language = language
    conversation, token = services().store.create(language, page_field(body))
    greeting = Assistant(services().content, None).greeting(language, services().clock.now())
    message, _new = services().store.append(conversation.id, {"from": "bot", "masked": [], **greeting})
    return jsonify({"id": conversation.id, "token": token, "language": language, "state": conversation.state,
                    "messages": [public(message)]}), 201


@blueprint.post("/conversations/<conversation_id>/messages")
def send_message(conversation_id: str):
    body = json_body()
    raw = body.get("text")
    if isinstance(raw, str) and raw.strip():
        # Should the record be out of reach, danger must still be answered: from content alone.
        _prepare_answer_without_record(raw[:MAX_TEXT])
    conversation = own_conversation(conversation_id)
    client_id = client_id_field(body)
    if ("text" in body) == ("choice" in body):
        raise bad_request("text")
    if "choice" in body:
        choice = text_field(body, "choice", required=True, limit=120) or ""
        label = _choice_label(conversation, choice)
        within_limit(limits.MESSAGES_A_CONVERSATION, conversation.id)
        conversation, messages = take_turn(services(), conversation, client_id, choice=choice, label=label)
        return whole(conversation, messages)
    if not isinstance(raw, str):
        raise bad_request("text")
    if len(raw) > MAX_TEXT:
        raise ApiError(413, "too_long", limit=MAX_TEXT)
    text = clean_text(raw)
    if not text:
        raise bad_request("text")
    within_limit(limits.MESSAGES_A_CONVERSATION, conversation.id)
    within_limit(limits.MESSAGES_A_NETWORK, network())
    conversation, messages = take_turn(services(), conversation, client_id, text=text)
    return whole(conversation, messages)


def _prepare_answer_without_record(raw: str) -> None:
    def extra() -> dict[str, Any]:
        text = clean_text(raw)
        language = getattr(g, "language", None) or services().language(None)
        verdict = guard_verdict(services(), text, language)
        if verdict.level != "alarm" or not verdict.topic:
            return {}
        message = safety_message(services(), verdict, text, language)
        return {"messages": [{"id": None, "at": iso(services().clock.now()), "from": "bot", "masked": [], **message}],
                "contacts": message["contacts"]}

    # Made only when the error answer is: in the ordinary case the guard reads each message once.
    g.answer_without_record = extra


def _choice_label(conversation: Conversation, value: str) -> str:
    """What the resident saw on the button; 400 for a value that was never offered here."""
    for message in reversed(services().store.read(conversation.id)):
        for choice in message.get("choices", ()):
            if choice["value"] == value:
                return choice["label"]
    content, language = services().content, conversation.language
    name, _, rest = value.partition(":")
    if name == "topic" and (text := content.text(rest, language)) is not None:
        return text.title
    if value in ("handover", "callback", "continue"):
        return content.phrase(f"choice_{value}", language)
    if name == "handover" and (rest == "any" or rest in content.languages):
        return content.phrase("handover_choice_any" if rest == "any" else "handover_choice_language", rest if rest != "any" else language)
    raise bad_request("choice")


@blueprint.get("/conversations/<conversation_id>/messages")
def read_messages(conversation_id: str):
    from flask import request

    conversation = own_conversation(conversation_id)
    after = request.args.get("after") or "0"
    try:
        messages = services().store.read(conversation.id, after)
    except ValueError as exc:
        raise bad_request("after") from exc
    if conversation.state in PEOPLE_STATES:
        services().reaper.tick()
        # The cursor says what the window has; the answer is on its way with the rest.
        services().desk.mark(conversation, delivered=messages[-1]["id"] if messages else "")
        conversation = services().store.get(conversation.id)
    return whole(conversation, [m for m in messages if visible(m)])


def visible(message: dict[str, Any]) -> bool:
    """Whether a resident may see an entry: counsellors' notes and other inner entries are not for them."""
    return not message.get("internal")


@blueprint.post("/conversations/<conversation_id>/language")
def set_language(conversation_id: str):
    conversation = own_conversation(conversation_id)
    language = language_field(json_body(), required=True)
    if language is None:
        raise bad_request("language")
    services().store.change(conversation.id, language=language)
    g.language = language
    return jsonify({"state": conversation.state, "language": language, "messages": []})


@blueprint.post("/conversations/<conversation_id>/handover")
def ask_handover(conversation_id: str):
    conversation = own_conversation(conversation_id)
    body = json_body()
    topic = topic_field(body)
    language = language_field(body) or conversation.language
    content = services().content
    if conversation.state == CLOSED:
        raise ConversationClosed(CLOSED)
    if conversation.state in PEOPLE_STATES:
        return whole(conversation, [])
    if topic is None:
        topic = last_topic(services().store.read(conversation.id))
    outcome, written = join_queue(services(), conversation, language=language, topic=topic)
    if isinstance(outcome, Availability):
        cards = open_first(content, language, services().clock.now())
        return jsonify({
            "state": "bot", "language": conversation.language, "closed_reason": outcome.reason, "callback": True, "contacts": cards,
            "opens_next": iso(outcome.opens_next) if outcome.opens_next else None, "languages": list(outcome.languages),
            "alternatives": list(outcome.alternatives), "messages": [public(m) for m in written],
        })
    return whole(services().store.get(conversation.id), written)


@blueprint.delete("/conversations/<conversation_id>/handover")
def leave_handover(conversation_id: str):
    conversation = own_conversation(conversation_id)
    written = services().desk.leave(conversation)
    return whole(services().store.get(conversation.id), [written] if written else [])


@blueprint.post("/conversations/<conversation_id>/typing")
def tell_typing(conversation_id: str):
    conversation = own_conversation(conversation_id)
    within_limit(limits.SIGNS_A_CONVERSATION, conversation.id)
    if conversation.state == LIVE:
        services().store.ring(conversation.id, "typing resident")
    return "", 204


@blueprint.post("/conversations/<conversation_id>/seen")
def tell_seen(conversation_id: str):
    conversation = own_conversation(conversation_id)
    within_limit(limits.SIGNS_A_CONVERSATION, conversation.id)
    message_id = text_field(json_body(), "id", required=True, limit=42) or ""
    if not _MESSAGE_ID.match(message_id):
        raise bad_request("id")
    services().desk.mark(conversation, seen=message_id)
    return "", 204


@blueprint.post("/conversations/<conversation_id>/callback")
def ask_callback(conversation_id: str):
    conversation = own_conversation(conversation_id)
    body = json_body()
    within_limit(limits.CALLBACKS_A_NETWORK, network())
    phone = text_field(body, "phone", required=True, limit=40) or ""
    try:
        number = phonenumbers.parse(phone, "FI")
    except phonenumbers.NumberParseException as exc:
        raise bad_request("phone") from exc
    if not phonenumbers.is_possible_number(number):
        raise bad_request("phone")
    topic = topic_field(body)
    when = text_field(body, "when", required=True, limit=20) or ""
    if body.get("consent") is not True:
        raise bad_request("consent")
    client_id = client_id_field(body) if "client_id" in body else None
    try:
        callback = services().callbacks.add(conversation.id, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
                                            topic, when, conversation.language, client_id)
    except UnknownTime as exc:
        raise bad_request("when") from exc
    return jsonify({"callback_id": callback.id, "due": callback.due}), 201


@blueprint.delete("/conversations/<conversation_id>/callback/<callback_id>")
def cancel_callback(conversation_id: str, callback_id: str):
    conversation = own_conversation(conversation_id)
    if not services().callbacks.cancel(conversation.id, callback_id):
        raise ApiError(404, "not_found")
    return "", 204


@blueprint.post("/conversations/<conversation_id>/feedback")
def give_feedback(conversation_id: str):
    conversation = own_conversation(conversation_id)
    body = json_body()
    helped, rating = body.get("helped"), body.get("rating")
    if not isinstance(helped, bool):
        raise bad_request("helped")
    if rating is not None and (not isinstance(rating, int) or isinstance(rating, bool) or not 1 <= rating <= 5):
        raise bad_request("rating")
    comment = text_field(body, "comment", limit=MAX_TEXT)
    masked = services().mask.mask(clean_text(comment)).text if comment else ""
    entry = {"at": iso(services().clock.now()), "language": conversation.language, "helped": "1" if helped else "0",
             "rating": "" if rating is None else str(rating), "comment": masked}
    import redis

    try:
        services().redis.xadd(services().keys.feedback, entry, maxlen=100_000, approximate=True)
    except redis.RedisError as exc:
        raise StateUnavailable("feedback") from exc
    return "", 204


@blueprint.get("/conversations/<conversation_id>/transcript")
def read_transcript(conversation_id: str):
    from flask import request

    conversation = own_conversation(conversation_id)
    if request.args.get("format", "txt") != "txt":
        raise bad_request("format")
    messages = [m for m in services().store.read(conversation.id) if visible(m)]
    text = transcript_text(messages, conversation.language, services().clock.now())
    return Response(text, mimetype="text/plain; charset=utf-8",
                    headers={"Content-Disposition": 'attachment; filename="verkkoapu.txt"'})


@blueprint.delete("/conversations/<conversation_id>")
def erase_conversation(conversation_id: str):
    conversation = own_conversation(conversation_id)
    services().callbacks.erase_of(conversation.id)
    services().store.erase(conversation.id)
    services().desk.forget(conversation)
    return "", 204


