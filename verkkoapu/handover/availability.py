"""Whether a resident can get a counsellor now, and if not, why and what instead. One function for bot, widget and console."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays

from verkkoapu.clock import HELSINKI
from verkkoapu.content.model import Content
from verkkoapu.hours import hours_at

#: How many closed days in a row are looked past for the next opening: Christmas and Easter have four.
LOOK_AHEAD_DAYS = 30


@dataclass(frozen=True)
class OnDuty:
    """A counsellor whose console is connected. No skills: every field."""

    id: str
    languages: tuple[str, ...]
    skills: tuple[str, ...] = ()
    status: str = "available"
    capacity: int = 5
    holding: int = 0

    def serves(self, language: str, area: str | None) -> bool:
        """Whether this counsellor speaks the language and knows the field."""
        return language in self.languages and (area is None or not self.skills or area in self.skills)


@dataclass(frozen=True)
class Presence:
    """Who is here, and how many wait in each language, at one moment."""

    counsellors: tuple[OnDuty, ...] = ()
    waiting: Mapping[str, int] = field(default_factory=dict)

    def available(self) -> list[OnDuty]:
        return [counsellor for counsellor in self.counsellors if counsellor.status == "available"]


@dataclass(frozen=True)
class Availability:
    """Open, or a reason code and what can be done instead.

    reason: outside_hours, holiday, no_counsellors, no_language, no_skill or queue_full.
    alternatives: other_language, any_field, callback, phone, self_care: those that make sense now.
    languages: the languages a counsellor who is here speaks, in the service's order.
    """

    open: bool
    reason: str | None = None
    opens_next: datetime | None = None
    alternatives: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


def availability(content: Content, language: str, area: str | None, presence: Presence, moment: datetime) -> Availability:
    """Whether somebody who serves `language` and the field `area` takes conversations at `moment`."""
    ways = ("callback", "phone", "self_care")
    if not desk_open(content, moment):
        reason = "holiday" if _is_off(content, moment) else "outside_hours"
        return Availability(False, reason, opens_next(content, moment), ways)
    here = presence.available()
    spoken = tuple(offered for offered in content.languages if any(offered in c.languages for c in here))
    if not here:
        return Availability(False, "no_counsellors", None, ways)
    if language not in spoken:
        return Availability(False, "no_language", None, ("other_language", *ways), spoken)
    if not any(counsellor.serves(language, area) for counsellor in here):
        return Availability(False, "no_skill", None, ("any_field", *ways), spoken)
    if presence.waiting.get(language, 0) >= int(str(rule(content, "queue_limit"))):
        return Availability(False, "queue_full", None, ways, spoken)
    return Availability(True, languages=spoken)


def desk_open(content: Content, moment: datetime) -> bool:
    """Whether the counsellors' desk is open by its hours and the calendar."""
    return bool(hours_at(str(rule(content, "hours")), moment).open_now) and not _is_off(content, moment)


def opens_next(content: Content, moment: datetime) -> datetime | None:
    """When the desk opens next, in the county's time; None when that is not within LOOK_AHEAD_DAYS."""
    at = moment.astimezone(HELSINKI)
    for _ in range(LOOK_AHEAD_DAYS):
        if desk_open(content, at):
            return at
        following = hours_at(str(rule(content, "hours")), at).opens_next or at
        if following > at and not _is_off(content, following):
            return following
        at = (following + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return None


def is_holiday(day: date) -> bool:
    """Whether a day is a public holiday in Finland, midsummer eve and Christmas eve among them."""
    return day in _holidays(day.year)


def rule(content: Content, name: str) -> object:
    """One rule of content/handover.yaml, or its default when the file leaves it out."""
    return {**DEFAULTS, **content.handover}[name]


DEFAULTS: Mapping[str, object] = {
    "hours": "Mo-Fr 08:00-16:00; PH off", "queue_limit": 40, "self_care": None, "contacts": (),
    "close_reasons": ("answered", "referred", "callback", "no-reply", "other"),
}


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FI", years=year))


def _is_off(content: Content, moment: datetime) -> bool:
    """A holiday on which the hours do not say themselves that the desk is open."""
    return is_holiday(moment.astimezone(HELSINKI).date()) and "PH off" in str(rule(content, "hours"))
