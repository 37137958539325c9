"""What residents are told about a handover: entries for the record, composed from content in their language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from babel.dates import format_date

from verkkoapu.clock import HELSINKI
from verkkoapu.contacts import contact_line, named_cards
from verkkoapu.content.model import Content
from verkkoapu.handover.availability import Availability, rule

#: The topic of "I want a person" itself: it says nothing about what the person is wanted for.
NO_TOPIC = "contact-person"


def notice(content: Content, language: str, key: str, event: str, *, kind: str = "notice", choices: Sequence[str] = (),
           **values: object) -> dict[str, Any]:
    """An entry from the system: a typed event, and the sentence residents read. `choices` are names of choice_… phrases."""
    return {
        "from": "system", "lang": language, "kind": kind, "event": event, "text": content.phrase(f"handover_{key}", language, **values),
        "topic": None, "contacts": [], "links": [], "masked": [], "choices": [choice(content, language, name) for name in choices],
    }


def inner(event: str, **fields: Any) -> dict[str, Any]:
    """An entry that only counsellors see."""
    return {"from": "system", "kind": "notice", "event": event, "internal": True, "text": "", **fields}


def choice(content: Content, language: str, name: str) -> dict[str, str]:
    """One of the buttons of a handover."""
    if name == "leave":
        return {"label": content.phrase("handover_choice_leave", language), "value": "continue"}
    return {"label": content.phrase(f"choice_{name}", language), "value": name}


def consent(content: Content, language: str, topic: str | None, spoken: str, moment: datetime) -> dict[str, Any]:
    """Before the queue: what it is about, in which language, what the counsellor will see; and the ways to refuse."""
    title = content.text(topic, language).title if topic and content.text(topic, language) is not None else None  # type: ignore[union-attr]
    name = content.languages[spoken].name
    if title:
        lead = content.phrase("handover_consent", language, topic=title, language=name)
    else:
        lead = content.phrase("handover_consent_open", language, language=name)
    return {
        "from": "bot", "lang": language, "kind": "handover", "event": "offered", "text": lead, "topic": topic, "contacts": [], "links": [],
        "masked": [], "parts": {"summary": lead},
        "choices": [choice(content, language, name) for name in ("handover", "callback", "continue")],
    }


def closed(content: Content, language: str, found: Availability, moment: datetime) -> dict[str, Any]:
    """Why nobody can be had, and every way on: other languages, open lines first, a call back, the self-care page."""
    assert found.reason is not None
    spoken = [content.languages[name].name for name in found.languages]
    reason = content.phrase(f"handover_reason_{found.reason}", language, opens=opens_text(content, found.opens_next, language, moment),
                            languages=", ".join(spoken))
    choices = []
    if "other_language" in found.alternatives:
        choices += [{"label": content.phrase("handover_choice_language", name), "value": f"handover:{name}"} for name in found.languages]
    if "any_field" in found.alternatives:
        choices.append({"label": content.phrase("handover_choice_any", language), "value": "handover:any"})
    cards = open_first(content, language, moment)
    lines = [reason, *(contact_line(card, language) for card in cards)]
    links = []
    page = rule(content, "self_care")
    text = content.text(str(page), language) if page else None
    if text is not None:
        lines.append(content.phrase("handover_self_care", language, title=text.title))
        links.append({"label": text.title, "url": f"/{text.language}/{text.topic}"})
        choices.append({"label": text.title, "value": f"topic:{text.topic}"})
    choices = [*choices, choice(content, language, "callback"), choice(content, language, "continue")]
    return {
        "from": "bot", "lang": language, "kind": "handover", "event": "not_available", "closed_reason": found.reason,
        "text": "\n".join(lines), "topic": None, "contacts": cards, "links": links, "masked": [], "choices": choices,
        "parts": {"summary": reason},
    }


def open_first(content: Content, language: str, moment: datetime) -> list[dict[str, Any]]:
    """The lines that serve everyone, those that are open now before the others."""
    ids = [str(name) for name in (rule(content, "contacts") or content.general_contacts)]  # type: ignore[attr-defined]
    return sorted(named_cards(content, ids, language, moment), key=lambda card: (not card["open_now"], not card["phone"]))


def opens_text(content: Content, opens: datetime | None, language: str, moment: datetime) -> str:
    """"Today at 8.00", "tomorrow at 8.00" or "on Monday 22.6. at 8.00", in the resident's language; empty when not known."""
    if opens is None:
        return ""
    return day_and_time(content, opens, language, moment)


def day_and_time(content: Content, at: datetime, language: str, moment: datetime) -> str:
    """A moment as people say it, in the county's time."""
    local, today = at.astimezone(HELSINKI), moment.astimezone(HELSINKI).date()
    days = (local.date() - today).days
    key = {0: "handover_today", 1: "handover_tomorrow"}.get(days, "handover_on_day")
    locale = {"fi": "fi_FI", "sv": "sv_FI", "en": "en_GB"}.get(language, language)
    day = format_date(local.date(), "EEEE d.M." if language in ("fi", "sv") else "EEEE d MMMM", locale=locale)
    time = f"{local.hour}.{local.minute:02d}" if language in ("fi", "sv") else f"{local.hour}:{local.minute:02d}"
    return content.phrase(key, language, day=day, time=time)


