"""The event stream of a conversation: every message once, from the caller's cursor on, for as long as it is open."""

from __future__ import annotations

import json
from collections.abc import Iterator

from flask import Response, request, stream_with_context

from verkkoapu.errors import ConversationNotFound, StateUnavailable
from verkkoapu.handover.states import QUEUED
from webwidget.api import blueprint
from webwidget.api.conversations import public, standing, visible
from webwidget.api.requests import own_conversation
from webwidget.errors import bad_request
from webwidget.services import services
from webwidget.streams import drop_dead_peer


@blueprint.get("/conversations/<conversation_id>/events")
def stream_events(conversation_id: str):
    conversation = own_conversation(conversation_id)
    cursor = request.headers.get("Last-Event-ID") or request.args.get("after") or "0"
    try:
        services().store.read(conversation.id, cursor, count=1)
    except ValueError as exc:
        raise bad_request("after") from exc
    drop_dead_peer()
    return Response(stream_with_context(_events(conversation.id, cursor)), mimetype="text/event-stream",
                    headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


def _events(conversation_id: str, cursor: str) -> Iterator[str]:
    found = services()
    told: dict[str, object] | None = None
    # Something at once, so that a client knows within seconds whether streams get through to it.
    yield ": open\n\n"
    with found.doorbell.listening(conversation_id) as rung:
        queue = None
        while True:
            _rang, heard = rung.take()
            try:
                conversation = found.store.get(conversation_id)
                for message in found.store.read(conversation_id, cursor):
                    cursor = message["id"]
                    if visible(message):
                        yield f"id: {cursor}\nevent: message\ndata: {json.dumps(public(message), ensure_ascii=False)}\n\n"
                        if message["from"] == "counsellor":
                            found.desk.mark(conversation, delivered=cursor)
                now = standing(conversation)
            except ConversationNotFound:
                yield 'event: state\ndata: {"state": "erased"}\n\n'
                return
            except StateUnavailable:
                # The record is away for a moment: end the stream, the client comes back with its cursor.
                return
            if now != told:
                told = now
                yield f"event: state\ndata: {json.dumps(now, ensure_ascii=False)}\n\n"
            if (conversation_id, "typing counsellor") in heard:
                yield 'event: typing\ndata: {"from": "counsellor"}\n\n'
            # News of the queue only for those who stand in it.
            wanted = f"queue:{conversation.queue_language}" if conversation.state == QUEUED else None
            if wanted != queue:
                if queue is not None:
                    found.doorbell.no_more(rung, queue)
                if wanted is not None:
                    found.doorbell.also(rung, wanted)
                    rung.set()
                queue = wanted
            if not rung.wait(found.settings.heartbeat_seconds):
                yield ": still here\n\n"
