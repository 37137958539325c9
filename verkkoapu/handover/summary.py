"""What the bot found and answered before a person came in: facts from the record, nothing generated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from verkkoapu.contacts import localized
from verkkoapu.content.model import Content
from verkkoapu.conversations import Conversation

#: The newest steps are enough to see what was tried.
MAX_STEPS = 8


def summarize(content: Content, conversation: Conversation, messages: Iterable[dict[str, Any]], language: str) -> dict[str, Any]:
    """Topic, municipality, language, page, danger, and what was asked and answered, with titles in the counsellor's language."""
    def title(topic: str | None) -> str | None:
        text = content.text(topic, language) if topic else None
        return text.title if text is not None else None

    asked, tried, alarms = [], [], []
    for message in messages:
        if message.get("event") == "alarm":
            alarms.append(title(message.get("alarm")) or message.get("alarm"))
        elif message["from"] == "resident" and not message.get("choice"):
            asked.append(message["text"])
        elif message["from"] == "bot" and message["kind"] in ("answer", "clarify", "unknown", "safety"):
            tried.append({"kind": message["kind"], "topic": message.get("topic"), "title": title(message.get("topic"))})
    answered = [step["topic"] for step in tried if step["kind"] == "answer"]
    topic = conversation.topic or (answered[-1] if answered else None)
    place = content.municipalities.get(conversation.municipality or "")
    spoken = conversation.queue_language or conversation.language
    return {
        "topic": topic, "topic_title": title(topic), "area": conversation.area, "language": conversation.language,
        "queue_language": spoken, "municipality": localized(place.names, content, language) if place is not None else None,
        "page": conversation.page, "alarms": alarms, "first_question": asked[0] if asked else None,
        "questions": len(asked), "tried": tried[-MAX_STEPS:],
        "not_known": sum(step["kind"] == "unknown" for step in tried),
    }
