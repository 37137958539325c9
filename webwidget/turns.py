"""One turn of a conversation: mask, write, guard, answer, write. The way of a message in DESIGN.md, steps 2 to 7."""

from __future__ import annotations

import logging
import re
from typing import Any

from verkkoapu.contacts import contact_line, fill_placeholders, named_cards
from verkkoapu.conversations import Conversation
from verkkoapu.errors import AssistantUnavailable, ConversationClosed
from verkkoapu.handover.states import BOT_STATES, OPEN_STATES, PEOPLE_STATES
from verkkoapu.languages import suggested_language
from verkkoapu.safety import Verdict
from verkkoapu.safetyreplies import safety_reply
from webwidget.hands import answer_hands, last_topic
from webwidget.services import Services

log = logging.getLogger(__name__)

#: Everything a person cannot see or type on purpose, except line breaks and tabs; direction marks among them,
#: because they can make a text read as something it does not say.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
#: What a reply of the action server may say of a message; all else stays inside.
_MESSAGE_FIELDS = ("kind", "lang", "text", "topic", "level", "contacts", "links", "choices", "parts", "form", "version", "reason")
#: After this many messages of a resident in one conversation a person is offered beside the answer.
LONG_CONVERSATION = 60


def clean_text(text: str) -> str:
    """The text without control characters; half surrogates, which no encoding can hold, become a question mark."""
    return _CONTROL.sub("", text.encode("utf-8", "replace").decode("utf-8")).strip()


def guard_verdict(services: Services, text: str, language: str) -> Verdict:
    """What the safety guard reads in a message; a failure of the guard must not stop the answer."""
    try:
        return services.guard.check(text, language)
    except Exception:
        log.exception("safety_guard_failed")
        return Verdict(level=None, topic=None, clause="", sign=None, score=0.0, reasons=[])


def take_turn(services: Services, conversation: Conversation, client_id: str, *, text: str | None = None,
              choice: str | None = None, label: str | None = None) -> tuple[Conversation, list[dict[str, Any]]]:
    """Write the resident's message and what answers it; the same client id again gives the same answer.

    Returns the conversation as it is afterwards and the messages. Raises StateUnavailable, ConversationNotFound
    or ConversationClosed; everything else has an answer.
    """
    store = services.store
    masked = services.mask.mask(text) if text is not None else None
    entry = {
        "from": "resident", "lang": conversation.language, "kind": "text", "text": (label if masked is None else masked.text) or "",
        "topic": None, "contacts": [], "links": [], "choices": [], "masked": list(masked.kinds) if masked else [],
        "client_id": client_id, **({"choice": choice} if choice else {}),
    }
    if conversation.state in PEOPLE_STATES and choice is None:
        # People answer, so no turn has to wait for another, and no lock of a killed process holds a message up.
        try:
            return _tell_people(services, conversation, client_id, entry)
        except ConversationClosed:
            conversation = store.get(conversation.id)
    with store.turn(conversation.id):
        noted = store.noted_answer(conversation.id, client_id)
        if noted is not None:
            return store.get(conversation.id), noted
        conversation = store.get(conversation.id)
        message, _new = store.append(conversation.id, entry, client_id=client_id, only_in_states=OPEN_STATES)
        answered = [message, *answer_turn(services, conversation, message, choice, client_id)]
        store.note_answer(conversation.id, client_id, [entry["id"] for entry in answered])
        return store.get(conversation.id), answered


def _tell_people(services: Services, conversation: Conversation, client_id: str,
                 entry: dict[str, Any]) -> tuple[Conversation, list[dict[str, Any]]]:
    """Write a message for the counsellor; only danger is answered by machine."""
    store = services.store
    noted = store.noted_answer(conversation.id, client_id)
    if noted is not None:
        return conversation, noted
    message, _new = store.append(conversation.id, entry, client_id=client_id, only_in_states=PEOPLE_STATES)
    verdict = guard_verdict(services, message["text"], conversation.language)
    answered = [message, *_safety_alarm(services, conversation, verdict, message, client_id)]
    return conversation, answered


def answer_turn(services: Services, conversation: Conversation, message: dict[str, Any], choice: str | None,
                client_id: str) -> list[dict[str, Any]]:
    """Write what answers one message, by state: the safety guard always, the bot only while no person has the conversation.

    Each reply is written under an id made of the client's own, so that a turn that is taken again after a crash
    says nothing twice.
    """
    text, language = message["text"], conversation.language
    verdict = guard_verdict(services, text, language) if choice is None else Verdict(None, None, "", None, 0.0, [])
    if verdict.level == "alarm" and verdict.topic:
        return _safety_alarm(services, conversation, verdict, message, client_id)
    by_hand = answer_hands(services, conversation, message, choice, client_id)
    if by_hand is not None:
        return by_hand
    if conversation.state not in BOT_STATES:
        return []
    replies = ask_bot(services, conversation, message["text"], choice)
    if verdict.level == "hint" and verdict.topic and not any(reply.get("topic") == verdict.topic for reply in replies):
        replies.append(safety_message(services, verdict, text, language))
    suggestion = language_suggestion(services, conversation, text) if choice is None else None
    if suggestion is not None:
        replies.append(suggestion)
    written = [write_reply(services, conversation, reply, f"{client_id}:reply:{number}") for number, reply in enumerate(replies)]
    return [entry for entry in written if entry is not None]


def _safety_alarm(services: Services, conversation: Conversation, verdict: Verdict, message: dict[str, Any],
                  client_id: str) -> list[dict[str, Any]]:
    """The safety reply to the resident, in every state, and the alarm to the counsellors."""
    if verdict.level != "alarm" or not verdict.topic:
        return []
    reply = safety_message(services, verdict, message["text"], conversation.language)
    if conversation.state in PEOPLE_STATES:
        reply["choices"] = []
    written = write_reply(services, conversation, reply, f"{client_id}:reply:safety", whoever_speaks=True)
    services.desk.alarm(conversation, verdict.topic, message["id"])
    return [written] if written is not None else []


def ask_bot(services: Services, conversation: Conversation, text: str, choice: str | None) -> list[dict[str, Any]]:
    """The bot's replies: through Rasa; straight from the action server when Rasa is down; else the static numbers."""
    metadata = {"language": conversation.language, "municipality": conversation.municipality}
    try:
        if choice is not None:
            return services.rasa.send_choice(conversation.id, choice, metadata)
        return services.rasa.send_text(conversation.id, text, metadata)
    except AssistantUnavailable as exc:
        log.warning("rasa_unavailable", extra={"reason": str(exc)})
    try:
        return [services.actions.answer(text=text, choice=choice, **metadata)]
    except AssistantUnavailable as exc:
        log.warning("actions_unavailable", extra={"reason": str(exc)})
    return [assistant_down(services, conversation.language)]


def assistant_down(services: Services, language: str) -> dict[str, Any]:
    """The decided answer when neither Rasa nor the action server speaks: say so, with numbers to call."""
    content = services.content
    cards = named_cards(content, content.static_contacts, language, services.clock.now())
    lead = content.phrase("assistant_down", language)
    return {
        "kind": "unknown", "lang": language, "topic": None, "text": "\n".join([lead, *(contact_line(card, language) for card in cards)]),
        "contacts": cards, "links": [], "parts": {"summary": lead},
        "choices": [{"label": content.phrase("choice_handover", language), "value": "handover"}],
    }


def safety_message(services: Services, verdict: Verdict, said: str, language: str) -> dict[str, Any]:
    """The safety reply of a verdict: for an alarm the one thing to do now, for a hint one line."""
    content = services.content
    reply = safety_reply(services.guard, content, verdict, said, language)
    cards = named_cards(content, reply.contacts, language, services.clock.now())
    text = fill_placeholders(reply.text, content, language)
    lines = [text, *(contact_line(card, language) for card in cards)] if verdict.level == "alarm" else [text]
    choices = [{"label": content.phrase("choice_handover", language), "value": "handover"}] if verdict.level == "alarm" else []
    return {
        "kind": "safety", "level": verdict.level, "lang": reply.language, "topic": verdict.topic, "text": "\n".join(lines),
        "contacts": cards, "links": [], "choices": choices, "parts": {"summary": text},
        **({"quick_exit": True} if verdict.topic == "domestic-violence" else {}),
    }


def language_suggestion(services: Services, conversation: Conversation, text: str) -> dict[str, Any] | None:
    """Offer another language once, in that language, when the message is plainly written in it."""
    language = suggested_language(text, services.content, conversation.language)
    if language is None:
        return None
    said = services.content.phrase("language_suggestion", language)
    name = services.content.languages[language].name
    return {"kind": "notice", "lang": language, "topic": None, "text": said, "contacts": [], "links": [],
            "choices": [{"label": name, "value": f"language:{language}"}]}


def write_reply(services: Services, conversation: Conversation, reply: dict[str, Any], once: str, *,
                whoever_speaks: bool = False) -> dict[str, Any] | None:
    """Append one of the bot's messages, then take in what it wants remembered.

    None when a person got the conversation while the answer was on its way: then the bot's words are dropped. Only
    the safety reply is written `whoever_speaks`.
    """
    if reply["kind"] == "handover":
        topic = last_topic(services.store.read(conversation.id))
        return services.desk.offer(conversation, topic, once=once)
    entry = {field: reply[field] for field in (*_MESSAGE_FIELDS, "quick_exit") if field in reply}
    states, epoch = (OPEN_STATES, None) if whoever_speaks else (BOT_STATES, conversation.epoch)
    try:
        message, _new = services.store.append(conversation.id, {"from": "bot", **entry, "masked": []}, client_id=once,
                                              only_in_states=states, epoch=epoch)
    except ConversationClosed:
        log.info("late_reply_dropped", extra={"conversation_id": conversation.id})
        return None
    remember = reply.get("set") or {}
    changes = {field: str(remember[field]) for field in ("language", "municipality") if remember.get(field)}
    if changes:
        services.store.change(conversation.id, **changes)
    return message
