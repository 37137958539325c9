"""The counsellor's event stream: the queue, the team, and every conversation they hold, each from its own cursor."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from flask import Response, g, request, stream_with_context

from verkkoapu.errors import ConversationNotFound, StateUnavailable
from verkkoapu.handover.redisio import now_ms
from webwidget.console import blueprint
from webwidget.console.conversations import card, queue_state, ui_language
from webwidget.console.login import me, staff
from webwidget.errors import bad_request
from webwidget.services import services
from webwidget.streams import drop_dead_peer, has_hung_up

#: With more conversations than this an event's id names its own message only, to stay short.
MAX_IN_ID = 16
#: A plain message id as cursor holds for every conversation; this far back, because their clocks are not one clock.
MARGIN_MS = 10_000


@blueprint.get("/events")
@staff("serve")
def stream_events():
    """Cursor: Last-Event-ID or ?after=, `conversation:message,…` as in each event's id, or one message id for all.

    With ?pings=1 the caller keeps the lease itself (POST alive); else this connection keeps it.
    """
    cursors, floor = read_cursor(request.headers.get("Last-Event-ID") or request.args.get("after") or "")
    peer = drop_dead_peer()
    keeps_lease = request.args.get("pings") != "1"
    return Response(stream_with_context(_events(cursors, floor, peer, keeps_lease)), mimetype="text/event-stream",
                    headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


def read_cursor(text: str) -> tuple[dict[str, str], str]:
    """The cursor of each conversation, and the one for those it does not name."""
    if not text:
        return {}, "0"
    try:
        if ":" not in text:
            stamp, _, _serial = text.partition("-")
            return {}, f"{max(0, int(stamp) - MARGIN_MS)}-0"
        cursors = dict(pair.split(":", 1) for pair in text.split(",") if pair)
        for cursor in cursors.values():
            [int(part) for part in cursor.split("-")]
    except ValueError as exc:
        raise bad_request("after") from exc
    return cursors, "0"


def event(name: str, data: Any, event_id: str = "") -> str:
    """One event in the notation of server-sent events."""
    head = f"id: {event_id}\n" if event_id else ""
    return f"{head}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _events(cursors: dict[str, str], floor: str, peer: Any, keeps_lease: bool) -> Iterator[str]:
    found, account, language = services(), me(), ui_language()
    names = ["team", "callbacks", f"counsellor:{account.id}", *(f"queue:{name}" for name in found.content.languages)]
    following: dict[str, dict[str, Any]] = {}
    told: Any = None
    beat = time.monotonic()
    looks_every = min(5.0, found.settings.heartbeat_seconds, found.settings.lease_seconds / 4)
    yield ": open\n\n"
    with found.doorbell.listening(*names) as rung:
        while True:
            rang, heard = rung.take()
            try:
                if keeps_lease:
                    found.presence.touch(account.id)
                if "*" in rang or rang - following.keys():
                    yield from _hands(following, cursors, floor, rung, language)
                    state = queue_state(language)
                    plain = _without_seconds(state)
                    if plain != told:
                        told = plain
                        yield event("queue", state)
                for conversation_id in list(following):
                    if "*" in rang or conversation_id in rang or following[conversation_id].pop("fresh", None):
                        yield from _news(conversation_id, following, cursors, language)
            except StateUnavailable:
                return  # the record is away for a moment: the console comes back with its cursors
            for conversation_id, what in heard:
                if what == "typing resident" and conversation_id in following:
                    yield event("typing", {"conversation": conversation_id, "from": "resident"})
            if not rung.wait(looks_every):
                if has_hung_up(peer) or not _still_logged_in():
                    return
                if time.monotonic() - beat >= found.settings.heartbeat_seconds - 0.1:
                    beat = time.monotonic()
                    yield ": still here\n\n"
                    rung.rang.add("team")


def _hands(following: dict[str, dict[str, Any]], cursors: dict[str, str], floor: str, rung: Any, language: str) -> Iterator[str]:
    """What came into this counsellor's hands, and what is no longer in them."""
    found = services()
    held = {conversation.id: conversation for conversation in found.desk.held(me().id)}
    for conversation_id in held.keys() - following.keys():
        found.audit.write(me().id, "follow", conversation_id)
        found.doorbell.also(rung, conversation_id)
        cursors.setdefault(conversation_id, floor)
        following[conversation_id] = {"fresh": True}
    for conversation_id in following.keys() - held.keys():
        yield from _gone(conversation_id, following, cursors, rung, language)


def _gone(conversation_id: str, following: dict[str, dict[str, Any]], cursors: dict[str, str], rung: Any, language: str) -> Iterator[str]:
    found = services()
    found.doorbell.no_more(rung, conversation_id)
    del following[conversation_id]
    cursors.pop(conversation_id, None)
    try:
        conversation = found.store.get(conversation_id)
    except ConversationNotFound:
        yield event("gone", {"conversation": conversation_id, "state": "erased", "why": "erased"})
        return
    why = next((entry["event"] for entry in reversed(found.store.read(conversation_id))
                if entry["from"] == "system" and entry.get("event") in _WHY), "gone")
    yield event("gone", {"conversation": conversation_id, "state": conversation.state, "why": why,
                         "card": card(conversation, now_ms(found.redis), language)})


#: Events after which a counsellor no longer holds a conversation.
_WHY = ("lost", "released", "transferred", "transferred_queue", "closed", "left", "queued", "joined")


def _news(conversation_id: str, following: dict[str, dict[str, Any]], cursors: dict[str, str], language: str) -> Iterator[str]:
    found = services()
    try:
        conversation = found.store.get(conversation_id)
    except ConversationNotFound:
        return
    if conversation.owner != me().id:
        return
    for message in found.store.read(conversation_id, cursors[conversation_id]):
        cursors[conversation_id] = message["id"]
        if message.get("event") == "alarm":
            yield event("alarm", {"conversation": conversation_id, "topic": message.get("alarm"), "id": message["id"]})
        yield event("message", {"conversation": conversation_id, "message": message}, _id_of(cursors, message["id"]))
    now = card(conversation, now_ms(found.redis), language)
    if following[conversation_id].get("card") != now:
        following[conversation_id]["card"] = now
        yield event("conversation", now)


def _id_of(cursors: dict[str, str], message_id: str) -> str:
    if len(cursors) > MAX_IN_ID:
        return message_id
    return ",".join(f"{name}:{cursor}" for name, cursor in cursors.items())


def _without_seconds(state: dict[str, Any]) -> dict[str, Any]:
    """The state without what changes by itself: time passing is not news."""
    return {**state, "queue": [{**entry, "waiting_seconds": None} for entry in state["queue"]],
            "mine": [entry["id"] for entry in state["mine"]]}


def _still_logged_in() -> bool:
    try:
        return services().sessions.alive(g.session.digest)
    except StateUnavailable:
        return False
