"""Contact points for a resident: chosen by topic and municipality, with the hours at this moment in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_time, get_day_names

from verkkoapu.clock import HELSINKI, iso
from verkkoapu.content.contactfile import phone_text
from verkkoapu.content.model import Contact, Content, TopicText
from verkkoapu.hours import hours_at, parse_hours
from verkkoapu.i18n import babel_locale, translate

PLACEHOLDER = re.compile(r"\{(phone|hours|name):([a-z0-9-]+)\}")


def localized(texts, content: Content, language: str) -> str:
    """The text in this language, or the nearest one along the declared chain; empty when there is none."""
    for candidate in content.language_chain(language):
        if texts.get(candidate):
            return texts[candidate]
    return ""


def choose_contacts(content: Content, text: TopicText, municipality: str | None) -> list[Contact]:
    """The topic's contacts, those of the resident's own municipality first, others' left out.

    Without a municipality the lines that serve only some municipalities stay: the card says whom they serve.
    A topic whose contact depends on the municipality gets that municipality's own place in front.
    """
    chosen = [content.contacts[name] for name in text.contacts if name in content.contacts]
    if municipality:
        chosen = [c for c in chosen if not c.municipalities or municipality in c.municipalities]
        own = content.contacts.get(f"health-station-{municipality}")
        if own is not None and text.topic == "health-centre":
            chosen = [own, *(c for c in chosen if c.id != own.id)]
        chosen.sort(key=lambda c: municipality not in c.municipalities)
    return chosen or [content.contacts[name] for name in content.general_contacts if name in content.contacts]


def contact_card(content: Content, contact: Contact, language: str, moment: datetime) -> dict[str, Any]:
    """One contact as API.md's Contact, with its hours at `moment`."""
    now = hours_at(contact.hours, moment)
    return {
        "id": contact.id,
        "kind": contact.kind,
        "name": localized(contact.names, content, language),
        "phone": contact.phone,
        "phone_text": phone_text(contact.phone) if contact.phone else None,
        "charge": translate(f"charge.{contact.charge}", language) if contact.phone and contact.charge != "unknown" else None,
        "languages": list(contact.languages),
        "open_now": now.open_now,
        "opens_next": iso(now.opens_next) if now.opens_next else None,
        "closes_at": iso(now.closes_at) if now.closes_at else None,
        "status_text": status_text(now, moment, language),
        "hours_text": hours_text(contact.hours, language) if contact.hours else None,
        "hours_note": localized(contact.hours_note, content, language) or None,
        "for": localized(contact.whom, content, language) or None,
        "municipalities": list(contact.municipalities),
        "address": contact.address,
        "url": contact.urls.get(language) or contact.url,
        "checked_on": contact.checked_on,
    }


def contact_cards(content: Content, contacts: Iterable[Contact], language: str, moment: datetime) -> list[dict[str, Any]]:
    """Contacts as cards, in the order given."""
    return [contact_card(content, contact, language, moment) for contact in contacts]


def named_cards(content: Content, ids: Sequence[str], language: str, moment: datetime) -> list[dict[str, Any]]:
    """Cards for contact ids; an unknown id is left out (the content check names it)."""
    return contact_cards(content, [content.contacts[i] for i in ids if i in content.contacts], language, moment)


def contact_line(card: dict[str, Any], language: str) -> str:
    """One contact as a sentence for a plain channel or a screen reader."""
    parts = [card["phone_text"], card["charge"], card["status_text"] or card["hours_text"], card["address"]]
    if not card["phone_text"]:
        parts.append(card["url"])
    rest = ", ".join(part for part in parts if part)
    return translate("contact.line", language, name=card["name"], rest=rest) if rest else card["name"]


def status_text(now, moment: datetime, language: str) -> str | None:
    """"Open now, until 16.00" or "Opens tomorrow at 8.00", in the county's time; None when hours are not known."""
    if now.open_now is None:
        return None
    if now.open_now:
        if now.closes_at is None:
            return translate("contact.open_always", language)
        return translate("contact.open_until", language, time=_time(now.closes_at, language))
    if now.opens_next is None:
        return translate("contact.closed", language)
    days = (now.opens_next.date() - moment.astimezone(HELSINKI).date()).days
    key = {0: "contact.opens_today", 1: "contact.opens_tomorrow"}.get(days, "contact.opens_on")
    form = "EEEE d.M." if language in ("fi", "sv") else "EEEE d MMMM"
    return translate(key, language, time=_time(now.opens_next, language),
                     day=format_date(now.opens_next.date(), form, locale=babel_locale(language)))


@lru_cache(maxsize=512)
def hours_text(notation: str, language: str) -> str:
    """A week's hours in words, from an ordinary week; says so when public holidays differ."""
    hours = parse_hours(notation)
    # 1 to 7 February 2027: a week from Monday to Sunday without a public holiday in Finland.
    monday = datetime(2027, 2, 1)
    days = [_day_spans(hours, monday + timedelta(days=number)) for number in range(7)]
    if not any(days) and any(hours.is_unknown(monday + timedelta(days=number, hours=12)) for number in range(7)):
        # Unknown is never called closed.
        return translate("hours.unknown", language)
    if all(spans == "24" for spans in days):
        return translate("hours.always", language)
    names = get_day_names("abbreviated", context="stand-alone", locale=babel_locale(language))
    groups: list[str] = []
    first = 0
    for number in range(1, 8):
        if number < 7 and days[number] == days[first]:
            continue
        if days[first]:
            label = names[first] if number - first == 1 else f"{names[first]}–{names[number - 1]}"
            spans = translate("hours.all_day", language) if days[first] == "24" else days[first]
            groups.append(translate("hours.group", language, days=label.replace(".", ""), times=spans))
        first = number
    # Independence Day 2027 is a Monday, Epiphany a Wednesday: a weekday line that is closed then says it.
    epiphany = datetime(2027, 1, 6)
    if days[2] and not _day_spans(hours, epiphany) and not hours.is_unknown(epiphany + timedelta(hours=12)):
        groups.append(translate("hours.closed_on_holidays", language))
    return ", ".join(groups) or translate("contact.closed", language)


def fill_placeholders(text: str, content: Content, language: str) -> str:
    """Put numbers, hours and names of contacts in the place of {phone:id}, {hours:id} and {name:id}."""
    def fill(match: re.Match[str]) -> str:
        contact = content.contacts.get(match.group(2))
        if contact is None:
            return ""
        if match.group(1) == "phone":
            return phone_text(contact.phone) if contact.phone else localized(contact.names, content, language)
        if match.group(1) == "hours":
            return hours_text(contact.hours, language) if contact.hours else ""
        return localized(contact.names, content, language)

    return PLACEHOLDER.sub(fill, text)


def _day_spans(hours, day: datetime) -> str:
    """"8–16" or "8–12, 13–16.30" for one day; "24" for all day; empty when closed."""
    spans = []
    for start, end, state, _comments in hours.intervals(day, day + timedelta(days=1)):
        if str(state).rsplit(".", 1)[-1].lower() != "open":
            continue
        spans.append((start, end))
    if spans and spans[0][0] <= day and (spans[0][1] is None or spans[0][1] >= day + timedelta(days=1)):
        return "24"
    return ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in spans)


def _clock(moment: datetime) -> str:
    return f"{moment.hour}.{moment.minute:02d}" if moment.minute else str(moment.hour)


def _time(moment: datetime, language: str) -> str:
    return format_time(moment.astimezone(HELSINKI), "H.mm" if language in ("fi", "sv") else "H:mm", locale=babel_locale(language))

