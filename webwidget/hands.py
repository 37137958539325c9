"""The part of a turn that is about a counsellor: accepting or refusing one, leaving the queue, a call-back's cancel button."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from verkkoapu.conversations import Conversation
from verkkoapu.errors import ConversationClosed
from verkkoapu.handover import texts
from verkkoapu.handover.availability import Availability
from verkkoapu.handover.desk import Waiting
from verkkoapu.handover.states import BOT_STATES, LIVE, OFFERED, PEOPLE_STATES, QUEUED
from webwidget.services import Services

#: A yes or no to the offer is short; a longer message is a question of its own.
SHORT_WORDS = 4


def answer_hands(services: Services, conversation: Conversation, message: dict[str, Any], choice: str | None,
                 client_id: str) -> list[dict[str, Any]] | None:
    """What answers a message that is about a counsellor, written; None when it is not and the bot may speak."""
    if choice is None:
        choice = _yes_or_no(services, conversation, message) if conversation.state == OFFERED else None
        if choice is None:
            return None
    once = f"{client_id}:hands"
    name, _, rest = choice.partition(":")
    if name == "callback-cancel":
        services.callbacks.cancel(conversation.id, rest)
        return _since(services, conversation.id, message["id"])
    if name == "handover":
        return _wish(services, conversation, message, rest, once)
    if choice == "continue" and conversation.state == OFFERED:
        return _some(services.desk.decline(conversation, once=once))
    if choice == "continue" and conversation.state in PEOPLE_STATES:
        return _some(services.desk.leave(conversation, once=once))
    if conversation.state in PEOPLE_STATES and choice == "callback":
        content = services.content
        entry = texts.notice(content, conversation.language, "callback_form", "callback_form")
        entry["form"] = {"name": "callback", "when": None}
        return [services.store.append(conversation.id, entry, client_id=once)[0]]
    return None


def join_queue(services: Services, conversation: Conversation, *, language: str | None = None, topic: str | None = None,
               any_area: bool = False, once: str = "") -> tuple[Waiting | Availability, list[dict[str, Any]]]:
    """Join the queue, or write down why nobody can be had; the outcome, and what was written."""
    outcome = services.desk.join(conversation, language=language, topic=topic, any_area=any_area, once=once)
    if isinstance(outcome, Availability):
        entry = texts.closed(services.content, conversation.language, outcome, services.clock.now())
        try:
            written, _new = services.store.append(conversation.id, entry, client_id=once, only_in_states=BOT_STATES)
        except ConversationClosed:
            return outcome, []
        return outcome, [written]
    if not outcome.entry_id:
        return outcome, []
    return outcome, [services.store.entry(conversation.id, outcome.entry_id)]


def last_topic(messages: Iterable[dict[str, Any]]) -> str | None:
    """What the conversation was last about, by the bot's answers."""
    topic = None
    for message in messages:
        if message["from"] == "bot" and message["kind"] in ("answer", "safety") and message.get("topic"):
            topic = message["topic"]
    return topic


def _wish(services: Services, conversation: Conversation, message: dict[str, Any], rest: str, once: str) -> list[dict[str, Any]]:
    """The button "talk to a counsellor": first what that means, then, pressed again, the queue."""
    if conversation.state == LIVE:
        return []
    messages = services.store.read(conversation.id)
    if conversation.state == QUEUED:
        return [entry for entry in messages if entry.get("event") == "queued"][-1:]
    topic = last_topic(messages)
    if rest:
        # "Go on in Finnish", "with another counsellor": an answer to what was just said, so it is a yes.
        language = rest if rest in services.content.languages else None
        return join_queue(services, conversation, language=language, topic=topic, any_area=rest == "any", once=once)[1]
    if conversation.state == OFFERED and _offer_is_fresh(messages, message["id"]):
        return join_queue(services, conversation, topic=topic, once=once)[1]
    return _some(services.desk.offer(conversation, topic, once=once))


def _offer_is_fresh(messages: list[dict[str, Any]], message_id: str) -> bool:
    """Whether the offer is the last thing that was said to the resident before this message."""
    for entry in reversed(messages):
        if entry["id"] == message_id or entry.get("internal"):
            continue
        return entry.get("event") == "offered"
    return False


def _yes_or_no(services: Services, conversation: Conversation, message: dict[str, Any]) -> str | None:
    words = re.findall(r"\w+", message["text"].casefold())
    if not 0 < len(words) <= SHORT_WORDS or not _offer_is_fresh(services.store.read(conversation.id), message["id"]):
        return None
    for key, choice in (("handover_no", "continue"), ("handover_yes", "handover")):
        for language in services.content.languages:
            said = services.content.phrases.get(language, {}).get(key)
            if set(words) & {str(word) for word in (said if isinstance(said, list) else ())}:
                return choice
    return None


def _since(services: Services, conversation_id: str, message_id: str) -> list[dict[str, Any]]:
    return [entry for entry in services.store.read(conversation_id, message_id) if not entry.get("internal")]


def _some(entry: dict[str, Any] | None) -> list[dict[str, Any]]:
    return [entry] if entry is not None else []


