"""Queue and conversations of the counsellors' interface."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request

from verkkoapu.conversations import Conversation
from verkkoapu.errors import AlreadyClaimed, AtCapacity, CounsellorNotAvailable, NotWaiting, NotYours
from verkkoapu.handover.availability import rule
from verkkoapu.handover.presence import STATUSES
from verkkoapu.handover.redisio import now_ms
from verkkoapu.handover.states import LIVE, QUEUED
from verkkoapu.handover.summary import summarize
from webwidget.api.requests import MAX_TEXT, client_id_field, json_body, text_field, topic_field
from webwidget.console import blueprint
from webwidget.console.login import me, staff
from webwidget.errors import ApiError, bad_request
from webwidget.services import services
from webwidget.turns import clean_text

#: No counsellor can follow more conversations than this at once.
MAX_CAPACITY = 200


def ui_language() -> str:
    """The language of the console: what its page asks for."""
    return services().language(request.args.get("lang") or request.accept_languages.best_match(list(services().content.languages)))


def card(conversation: Conversation, now: int, language: str) -> dict[str, Any]:
    """One conversation as the console's lists show it."""
    text = services().content.text(conversation.topic, language) if conversation.topic else None
    spoken = conversation.queue_language or conversation.language
    return {
        "id": conversation.id, "state": conversation.state, "language": spoken, "resident_language": conversation.language,
        "area": conversation.area, "topic": conversation.topic, "topic_title": text.title if text is not None else None,
        "waiting_seconds": max(0, now - conversation.queued_at) // 1000 if conversation.state == QUEUED else None,
        "queued_at": conversation.queued_at or None, "returned": conversation.returned, "alarm": conversation.alarm,
        "owner": conversation.owner, "owner_name": conversation.owner_name if conversation.owner else None, "epoch": conversation.epoch,
        "delivered": conversation.delivered, "seen": conversation.seen, "page": conversation.page,
    }


def queue_state(language: str) -> dict[str, Any]:
    """Queue, own conversations and team as they are now: what `GET queue` and the event stream tell."""
    found = services()
    now = now_ms(found.redis)
    account = me()
    queue = []
    for conversation in found.desk.queue():
        shown = card(conversation, now, language)
        shown["fits"] = shown["language"] in account.languages and (
            not account.skills or shown["area"] is None or shown["area"] in account.skills)
        queue.append(shown)
    return {
        "queue": queue, "mine": [card(conversation, now, language) for conversation in found.desk.held(account.id)],
        "team": [{**other.public(), "status": desk.status, "capacity": desk.capacity, "holding": desk.holding}
                 for other, desk in found.presence.here()],
        "callbacks": len(found.callbacks.open()),
        "estimates": {name: found.desk.estimate_minutes(name) for name in found.content.languages},
    }


@blueprint.get("/queue")
@staff("serve")
def read_queue():
    services().reaper.tick()
    return jsonify(queue_state(ui_language()))


@blueprint.post("/presence")
@staff("serve")
def set_presence():
    body = json_body()
    status = text_field(body, "status", required=True, limit=20) or ""
    if status not in STATUSES:
        raise bad_request("status")
    capacity = body.get("capacity")
    if capacity is not None and (not isinstance(capacity, int) or isinstance(capacity, bool) or not 1 <= capacity <= MAX_CAPACITY):
        raise bad_request("capacity")
    services().audit.write(me().id, "presence", detail=status)
    services().presence.set(me().id, status, capacity)
    return jsonify({"status": status, "capacity": services().presence.on_duty(me()).capacity})


@blueprint.post("/alive")
@staff()
def tell_alive():
    """The console's page lives: what keeps the lease when streams do not get through or lie half open."""
    services().presence.touch(me().id, now=True)
    return "", 204


@blueprint.post("/conversations/<conversation_id>/claim")
@staff("serve")
def claim(conversation_id: str):
    found = services()
    found.audit.write(me().id, "claim", conversation_id)
    try:
        conversation = found.desk.claim(me(), conversation_id)
    except AlreadyClaimed as exc:
        raise ApiError(409, "already_claimed") from exc
    except NotWaiting as exc:
        raise ApiError(409, "not_waiting") from exc
    except AtCapacity as exc:
        raise ApiError(409, "at_capacity") from exc
    return jsonify(whole_conversation(conversation))


def whole_conversation(conversation: Conversation, after: str = "0") -> dict[str, Any]:
    """Everything of a conversation for the counsellor: card, summary, every entry, notes among them."""
    language = ui_language()
    messages = services().store.read(conversation.id, after)
    found = {"conversation": card(conversation, now_ms(services().redis), language), "messages": messages, "state": conversation.state}
    if after == "0":
        found["summary"] = summarize(services().content, conversation, messages, language)
    return found


@blueprint.get("/conversations/<conversation_id>")
@staff("serve")
def read_conversation(conversation_id: str):
    """Readable for who holds it, for everybody while it waits, and afterwards for who closed it; for managers always."""
    conversation = services().store.get(conversation_id)
    own = conversation.owner == me().id or conversation.state == QUEUED or conversation.closed_by == me().id
    if not own and not me().may("read_all"):
        services().audit.write(me().id, "refused", conversation_id, "read")
        raise ApiError(403, "not_yours")
    services().audit.write(me().id, "read", conversation_id)
    try:
        return jsonify(whole_conversation(conversation, request.args.get("after") or "0"))
    except ValueError as exc:
        raise bad_request("after") from exc


def text_of(body: dict[str, Any], name: str = "text") -> str:
    """A counsellor's words, cleaned; 400 when there are none, 413 when there are too many."""
    raw = body.get(name)
    if not isinstance(raw, str):
        raise bad_request(name)
    if len(raw) > MAX_TEXT:
        raise ApiError(413, "too_long", limit=MAX_TEXT)
    text = clean_text(raw)
    if not text:
        raise bad_request(name)
    return text


@blueprint.post("/conversations/<conversation_id>/messages")
@staff("serve")
def send(conversation_id: str):
    body = json_body()
    client_id, text, epoch = client_id_field(body), text_of(body), body.get("epoch")
    if epoch is not None and (not isinstance(epoch, int) or isinstance(epoch, bool)):
        raise bad_request("epoch")
    services().audit.write(me().id, "send", conversation_id, client_id)
    message = _mine(lambda: services().desk.say(me(), conversation_id, client_id, text, epoch))
    return jsonify({"state": LIVE, "message": message, "messages": [message]})


@blueprint.post("/conversations/<conversation_id>/notes")
@staff("serve")
def add_note(conversation_id: str):
    text = text_of(json_body())
    services().audit.write(me().id, "note", conversation_id)
    return jsonify({"message": _mine(lambda: services().desk.note(me(), conversation_id, text))}), 201


@blueprint.post("/conversations/<conversation_id>/typing")
@staff("serve")
def tell_typing(conversation_id: str):
    conversation = services().store.get(conversation_id)
    if conversation.state != LIVE or conversation.owner != me().id:
        raise ApiError(409, "not_yours")
    services().store.ring(conversation_id, "typing counsellor")
    return "", 204


@blueprint.post("/conversations/<conversation_id>/transfer")
@staff("serve")
def transfer(conversation_id: str):
    """`to`: a counsellor's id, "queue", "queue:sv" or "queue:sv:social"; or the same as an object."""
    body = json_body()
    note = text_of(body, "note") if body.get("note") else ""
    to = body.get("to")
    if isinstance(to, dict):
        to = f"queue:{to.get('language') or ''}:{to.get('area') or ''}" if "counsellor" not in to else to["counsellor"]
    if not isinstance(to, str) or not to or len(to) > 80:
        raise bad_request("to")
    services().audit.write(me().id, "transfer", conversation_id, to)
    content = services().content
    if to == "queue" or to.startswith("queue:"):
        language, area = ([*to.split(":"), "", ""])[1:3]
        if (language and language not in content.languages) or (area and area not in {topic.area for topic in content.topics.values()}):
            raise bad_request("to")
        _mine(lambda: services().desk.transfer_to_queue(me(), conversation_id, language or None, area or None, note))
    else:
        colleague = services().accounts.get(to)
        if colleague is None:
            raise bad_request("to")
        try:
            _mine(lambda: services().desk.transfer(me(), conversation_id, colleague, note))
        except (CounsellorNotAvailable, AtCapacity) as exc:
            raise ApiError(409, "not_available") from exc
    return jsonify({"state": services().store.get(conversation_id).state})


@blueprint.post("/conversations/<conversation_id>/release")
@staff("serve")
def release(conversation_id: str):
    services().audit.write(me().id, "release", conversation_id)
    _mine(lambda: services().desk.release(me(), conversation_id))
    return jsonify({"state": QUEUED})


@blueprint.post("/conversations/<conversation_id>/close")
@staff("serve")
def close(conversation_id: str):
    body = json_body()
    reason = text_field(body, "reason", required=True, limit=40) or ""
    if reason not in close_reasons():
        raise bad_request("reason")
    topic = topic_field(body)
    services().audit.write(me().id, "close", conversation_id, reason)
    _mine(lambda: services().desk.close(me(), conversation_id, reason, topic))
    return jsonify({"state": "closed"})


def close_reasons() -> list[str]:
    """Why a conversation may be closed, from content."""
    return [str(reason) for reason in rule(services().content, "close_reasons")]  # type: ignore[attr-defined]


def _mine(action):
    try:
        return action()
    except NotYours as exc:
        services().audit.write(me().id, "refused", str((request.view_args or {}).get("conversation_id", "")), request.endpoint or "")
        raise ApiError(409, "not_yours") from exc


