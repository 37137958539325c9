"""Opening hours: open now, opens next, closes at, and the hours in words. One function for everyone.

Notation: OpenStreetMap opening_hours, evaluated by opening-hours-py with Finland's public holidays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from opening_hours import OpeningHours

from verkkoapu.clock import HELSINKI


@dataclass(frozen=True)
class HoursNow:
    """The state of one set of hours at one moment. All None: hours are not known."""

    open_now: bool | None
    opens_next: datetime | None
    closes_at: datetime | None


@lru_cache(maxsize=1024)
def parse_hours(notation: str) -> OpeningHours:
    """Parse OSM notation with Finnish holidays; raises ValueError with the parser's reason."""
    try:
        return OpeningHours(notation, country="FI")
    except Exception as exc:  # the library's own error type is not exported
        raise ValueError(str(exc)) from exc


def hours_at(notation: str | None, moment: datetime) -> HoursNow:
    """Whether a place is open at `moment`, and when that changes next (within a year)."""
    if not notation:
        return HoursNow(None, None, None)
    hours = parse_hours(notation)
    # The library works in local wall time; handing it naive local time keeps daylight saving right,
    # because opening hours are promises about the clock on the wall.
    local = moment.astimezone(HELSINKI).replace(tzinfo=None)
    is_open = hours.is_open(local)
    if not is_open and hours.is_unknown(local):
        return HoursNow(None, None, None)
    change = hours.next_change(local)
    if change is not None and (change.year > local.year + 1):
        change = None
    at = change.replace(tzinfo=HELSINKI) if change is not None else None
    if is_open:
        return HoursNow(True, None, at)
    return HoursNow(False, _next_opening(hours, local), None)


def _next_opening(hours: OpeningHours, local: datetime) -> datetime | None:
    """The next moment of state "open", stepping over closed-to-unknown changes."""
    at = local
    limit = local + timedelta(days=370)
    while at < limit:
        change = hours.next_change(at)
        if change is None or change > limit:
            return None
        if hours.is_open(change):
            return change.replace(tzinfo=HELSINKI)
        at = change
    return None
