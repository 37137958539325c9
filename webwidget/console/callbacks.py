"""Call-backs: who is to be called by when; done, or not reached."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import jsonify

from verkkoapu.callbacks import Callback, CallbackSettled
from verkkoapu.content.contactfile import phone_text
from verkkoapu.errors import ConversationNotFound
from webwidget.console import blueprint
from webwidget.console.conversations import ui_language
from webwidget.console.login import me, staff
from webwidget.errors import ApiError
from webwidget.services import services


def shown(callback: Callback) -> dict[str, Any]:
    """One request for the list; overdue is by the service's clock."""
    text = services().content.text(callback.topic, ui_language()) if callback.topic else None
    return {
        "id": callback.id, "conversation": callback.conversation, "phone": callback.phone or None,
        "phone_text": phone_text(callback.phone) if callback.phone else None, "topic": callback.topic,
        "topic_title": text.title if text is not None else None, "language": callback.language, "when": callback.when, "due": callback.due,
        "overdue": datetime.fromisoformat(callback.due) < services().clock.now(), "created": callback.created, "status": callback.status,
        "attempts": callback.attempts,
    }


@blueprint.get("/callbacks")
@staff("serve")
def read_callbacks():
    services().callbacks.expire_old()
    # The list holds numbers of residents: looking at it is a read like any other.
    services().audit.write(me().id, "read_callbacks")
    return jsonify({"callbacks": [shown(callback) for callback in services().callbacks.open()]})


@blueprint.post("/callbacks/<callback_id>/done")
@staff("serve")
def callback_done(callback_id: str):
    services().audit.write(me().id, "callback_done", detail=callback_id)
    return jsonify({"callback": shown(_settle(services().callbacks.done, callback_id))})


@blueprint.post("/callbacks/<callback_id>/not-reached")
@staff("serve")
def callback_not_reached(callback_id: str):
    services().audit.write(me().id, "callback_not_reached", detail=callback_id)
    return jsonify({"callback": shown(_settle(services().callbacks.not_reached, callback_id))})


def _settle(action, callback_id: str) -> Callback:
    try:
        return action(callback_id)
    except CallbackSettled as exc:
        raise ApiError(409, "settled") from exc
    except ConversationNotFound as exc:
        raise ApiError(404, "not_found") from exc
