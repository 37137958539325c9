"""Between Rasa and the domain library: the turn out of the tracker, the reply into the dispatcher."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.resources import resources
from verkkoapu.assistant import Assistant, Turn

#: Where a conversation begins when a plain Rasa channel tells no language.
DEFAULT_LANGUAGE = "fi"


def metadata(tracker: Tracker) -> dict[str, Any]:
    """What the web process sent along with the message; empty for a plain Rasa channel."""
    found = tracker.latest_message.get("metadata")
    return found if isinstance(found, dict) else {}


def turn_of(tracker: Tracker, assistant: Assistant) -> Turn:
    """The turn to answer. The web process knows the language; the slot serves plain channels."""
    sent = metadata(tracker)
    language = sent.get("language") or tracker.get_slot("language") or DEFAULT_LANGUAGE
    if language not in assistant.content.languages:
        language = DEFAULT_LANGUAGE
    topic = tracker.get_slot("topic")
    return Turn(
        text=tracker.latest_message.get("text") or "", language=language, moment=resources().clock.now(),
        topic=topic if topic in assistant.content.topics else None,
        municipality=sent.get("municipality") or tracker.get_slot("municipality"),
    )


def utter(dispatcher: CollectingDispatcher, reply: dict[str, Any]) -> None:
    """Say a reply on every channel: text and buttons for plain ones, the whole reply for the web process."""
    buttons = [
        {"title": choice["label"], "payload": '/choose{"choice": "' + choice["value"] + '"}'}
        for choice in reply.get("choices", ())
    ]
    dispatcher.utter_message(text=reply["text"], buttons=buttons or None, json_message=reply)
