"""The event stream of a conversation: every message once, from the caller's cursor on, for as long as it is open."""

from __future__ import annotations

import json
from collections.abc import Iterator

from flask import Response, request, stream_with_context

from verkkoapu.errors import ConversationNotFound, StateUnavailable
from webwidget.api import blueprint
from webwidget.api.conversations import public, visible
from webwidget.api.requests import own_conversation
from webwidget.errors import bad_request
from webwidget.services import services


@blueprint.get("/conversations/<conversation_id>/events")
def stream_events(conversation_id: str):
    conversation = own_conversation(conversation_id)
    cursor = request.headers.get("Last-Event-ID") or request.args.get("after") or "0"
    try:
        services().store.read(conversation.id, cursor, count=1)
    except ValueError as exc:
        raise bad_request("after") from exc
    return Response(stream_with_context(_events(conversation.id, cursor)), mimetype="text/event-stream",
                    headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


def _events(conversation_id: str, cursor: str) -> Iterator[str]:
    found = services()
    state = None
    # Something at once, so that a client knows within seconds whether streams get through to it.
    yield ": open\n\n"
    with found.doorbell.listening(conversation_id) as rung:
        while True:
            rung.clear()
            try:
                conversation = found.store.get(conversation_id)
                for message in found.store.read(conversation_id, cursor):
                    cursor = message["id"]
                    if visible(message):
                        yield f"id: {cursor}\nevent: message\ndata: {json.dumps(public(message), ensure_ascii=False)}\n\n"
                if conversation.state != state:
                    state = conversation.state
                    yield f"event: state\ndata: {json.dumps({'state': state, 'language': conversation.language})}\n\n"
            except ConversationNotFound:
                yield 'event: state\ndata: {"state": "erased"}\n\n'
                return
            except StateUnavailable:
                # The record is away for a moment: end the stream, the client comes back with its cursor.
                return
            if not rung.wait(found.settings.heartbeat_seconds):
                yield ": still here\n\n"
