"""What the catalogue says differently from a contact of ours, field by field, and the same in words.

Only what the catalogue really says is a change: a number or hours that it does not have take nothing away from ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from verkkoapu.catalogue.convert import Entry
from verkkoapu.catalogue.model import Phone
from verkkoapu.catalogue.texts import say
from verkkoapu.content.contactfile import phone_text
from verkkoapu.content.model import Contact
from verkkoapu.hours import parse_hours

#: The fields that accept can write, in the order in which they are told.
FIELDS = ("phone", "charge", "hours", "address", "url")
#: Said after hours that the catalogue gives for the week only: about holidays it is silent, and so are we.
HOLIDAYS_UNKNOWN = "PH unknown"


_DATED = re.compile(r"\d{4} |easter|(Jan|Apr|May|Jun|Oct|Dec) \d")
_WEEKDAY = re.compile(r"^\d{4}.*\b(Mo|Tu|We|Th|Fr|Sa|Su)\b")


@dataclass(frozen=True)
class Change:
    """One field whose value in the catalogue differs from ours."""

    field: str
    ours: str | None
    theirs: str


def changes(contact: Contact, entry: Entry, today: date) -> list[Change]:
    """Every field in which the catalogue says something else, in the order of FIELDS."""
    proposed = proposal(contact, entry, today)
    found = []
    for field in FIELDS:
        ours, theirs = getattr(contact, field), proposed.get(field)
        if field == "url" and contact.urls:
            continue  # one address per language is an editor's work
        if theirs is None or ours == theirs:
            continue
        if field == "charge" and (proposed.get("phone") is None or theirs == "unknown"):
            continue
        if field == "hours" and ours and (theirs.startswith("unknown") or same_hours(ours, theirs, today)):
            continue
        if field == "address" and ours and _plain(ours) == _plain(theirs):
            continue
        found.append(Change(field, ours, theirs))
    return found


def proposal(contact: Contact, entry: Entry, today: date) -> dict[str, str]:
    """What the contact's fields would be by the catalogue; a field it does not know is left out."""
    found: dict[str, str] = {}
    phone = chosen_phone(contact, entry)
    if phone is not None:
        found["phone"], found["charge"] = phone.number, phone.charge
    hours = entry.hours_from(today)
    # A notation without a time of day says only when it is closed or not known: that is nothing to show.
    if hours is not None and (":" in hours or hours.startswith("24/7")):
        found["hours"] = with_holidays(hours, contact.hours)
    visiting = entry.visiting
    if visiting and visiting.lines and contact.kind == "place":
        found["address"] = visiting.lines.get("fi") or next(iter(visiting.lines.values()))
    url = entry.urls.get("fi") or next(iter(entry.urls.values()), None)
    if url and url.startswith("https://") and not contact.url:
        found["url"] = url
    return found


def chosen_phone(contact: Contact, entry: Entry) -> Phone | None:
    """The number to show: ours when the catalogue still has it, else its first that is for calls."""
    calls = [phone for phone in entry.phones if phone.kind == "phone"]
    return next((phone for phone in calls if phone.number == contact.phone), calls[0] if calls else None)


def other_phones(contact: Contact, entry: Entry) -> list[Phone]:
    """The entry's further numbers for calls, which an editor may have to choose from."""
    chosen = chosen_phone(contact, entry)
    return [phone for phone in entry.phones if phone.kind == "phone" and phone is not chosen]


def with_holidays(hours: str, ours: str | None) -> str:
    """The catalogue's week with what our contact says of public holidays; "not known" when nobody says it.

    An office that is shown as open on Christmas Day sends somebody to a closed door.
    """
    if hours.split(";")[0] in ("24/7", "unknown"):
        return hours
    own = [rule.strip() for rule in (ours or "").split(";") if rule.strip().startswith("PH ")]
    week, dated = _split_dated(hours)
    return "; ".join([*week, *(own or [HOLIDAYS_UNKNOWN]), *dated])


def same_hours(one: str, other: str, today: date) -> bool:
    """Whether two notations say the same of every moment of the coming year, whatever they look like."""
    try:
        first, second = parse_hours(one), parse_hours(other)
    except ValueError:
        return False
    start = datetime.combine(today, datetime.min.time())
    end = start + timedelta(days=366)
    return _timeline(first, start, end) == _timeline(second, start, end)


def in_words(contact: Contact, found: Iterable[Change], language: str) -> str:
    """The changes as one line: "Lohja health station: phone … → …; closes 15 instead of 16 on Fridays"."""
    name = contact.names.get(language) or contact.names.get("fi") or next(iter(contact.names.values()))
    parts: list[str] = []
    for change in found:
        parts += _words(change, language)
    return say("diff.line", language, name=name, changes=say("diff.join", language).join(parts))


def _words(change: Change, language: str) -> list[str]:
    if change.field == "hours":
        return hours_in_words(change.ours, change.theirs, language)
    ours, theirs = change.ours, change.theirs
    if change.field == "phone":
        ours, theirs = phone_text(ours) if ours else None, phone_text(theirs)
    if change.field == "charge":
        ours, theirs = say(f"charge.{ours or 'unknown'}", language), say(f"charge.{theirs}", language)
    known = ours and not (change.field == "charge" and change.ours == "unknown")
    key = f"diff.{change.field}" if known else f"diff.{change.field}_new"
    return [say(key, language, ours=ours or "", theirs=theirs)]


def hours_in_words(ours: str | None, theirs: str, language: str) -> list[str]:
    """The differences of an ordinary week, day by day; other differences as notation."""
    if ours is None:
        return [say("diff.hours_new", language, theirs=theirs)]
    try:
        old, new = _week(ours), _week(theirs)
    except ValueError:
        return [say("diff.hours", language, ours=ours, theirs=theirs)]
    groups: dict[str, list[int]] = {}
    for number in range(7):
        if old[number] != new[number]:
            groups.setdefault(_day_words(old[number], new[number], language), []).append(number)
    said = [say("diff.on_days", language, change=words, days=_day_names(days, language)) for words, days in groups.items()]
    # Holidays, periods and exceptional dates do not show in an ordinary week: then the whole notation is shown.
    return said if said else [say("diff.hours_dates", language, ours=ours, theirs=theirs)]


Spans = list[tuple[int, int, str]]


def _day_words(old: Spans, new: Spans, language: str) -> str:
    if any(state == "unknown" for _a, _b, state in new) and not any(state == "open" for _a, _b, state in new):
        return say("diff.now_unknown", language)
    if not new:
        return say("diff.now_closed", language, old=_times(old, language))
    if not old:
        return say("diff.now_open", language, new=_times(new, language))
    if len(old) == len(new) == 1 and old[0][2] == new[0][2] == "open":
        (opens, closes, _), (new_opens, new_closes, _) = old[0], new[0]
        if opens == new_opens:
            return say("diff.closes", language, old=_clock(closes, language), new=_clock(new_closes, language))
        if closes == new_closes:
            return say("diff.opens", language, old=_clock(opens, language), new=_clock(new_opens, language))
    return say("diff.times", language, old=_times(old, language), new=_times(new, language))


def _week(notation: str) -> list[Spans]:
    """Monday to Sunday of a week without holidays (1–7 February 2027, as verkkoapu.contacts.hours_text)."""
    hours = parse_hours(notation)
    monday = datetime(2027, 2, 1)
    days = []
    for number in range(7):
        start = monday + timedelta(days=number)
        end = start + timedelta(days=1)
        days.append([(int((max(a, start) - start).total_seconds() // 60), int((min(b or end, end) - start).total_seconds() // 60),
                      _state(state)) for a, b, state, _c in hours.intervals(start, end) if _state(state) != "closed"])
    return days


def _timeline(hours, start: datetime, end: datetime) -> list[tuple[datetime, str]]:
    """The moments at which the state changes; neighbours of one state count as one."""
    line: list[tuple[datetime, str]] = []
    for a, _b, state, _comment in hours.intervals(start, end):
        if not line or line[-1][1] != _state(state):
            line.append((max(a, start), _state(state)))
    return line


def _state(value: object) -> str:
    return str(value).rsplit(".", 1)[-1].lower()


def _split_dated(hours: str) -> tuple[list[str], list[str]]:
    """Rules of weeks, those of a period included, and rules of single dates, which override what holidays say."""
    rules = [rule.strip() for rule in hours.split(";")]
    periods = {rule.rsplit(" ", 2)[0] for rule in rules if _DATED.match(rule) and _WEEKDAY.search(rule)}
    dated = [rule for rule in rules if _DATED.match(rule) and not _in_period(rule, periods)]
    return [rule for rule in rules if rule not in dated], dated


def _in_period(rule: str, periods: set[str]) -> bool:
    """Whether a rule belongs to a period with weekdays: "2026 Jun 01-2026 Aug 31 off" before its "… Mo-Fr 8–15"."""
    return any(rule.startswith(period + " ") for period in periods)


def _times(spans: Spans, language: str) -> str:
    return ", ".join(say("diff.span", language, start=_clock(a, language), end=_clock(b, language)) for a, b, s in spans
                     if s == "open") or say("diff.closed", language)


def _clock(value: int, language: str) -> str:
    hour, minute = divmod(value, 60)
    return say("diff.clock", language, hour=hour, minute=f"{minute:02d}") if minute else str(hour)


def _day_names(numbers: list[int], language: str) -> str:
    if numbers == [0, 1, 2, 3, 4]:
        return say("days.weekdays", language)
    if len(numbers) == 7:
        return say("days.all", language)
    names = [say(f"days.{number}", language) for number in numbers]
    if len(names) == 1:
        return names[0]
    return say("days.and", language, first=", ".join(names[:-1]), last=names[-1])


def _plain(address: str) -> str:
    """An address without what is written in different ways: case, commas and the post code."""
    return " ".join(word for word in address.lower().replace(",", " ").split() if not (word.isdigit() and len(word) == 5))
