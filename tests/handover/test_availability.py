"""One function says whether a counsellor can be had: every reason, daylight saving, midsummer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from verkkoapu.clock import HELSINKI
from verkkoapu.handover.availability import OnDuty, Presence, availability, is_holiday

FI_SV = OnDuty("aino", ("fi", "sv"))
HEALTH_ONLY = OnDuty("eero", ("fi",), skills=("health",))
AWAY = OnDuty("maija", ("fi", "en"), status="away")
HERE = Presence((FI_SV,))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HELSINKI)


@pytest.mark.parametrize(("moment", "is_open", "reason", "opens"), [
    ("2026-11-24T08:00", True, None, None),
    ("2026-11-24T15:59", True, None, None),
    ("2026-11-24T07:59", False, "outside_hours", "2026-11-24T08:00"),
    ("2026-11-24T16:00", False, "outside_hours", "2026-11-25T08:00"),
    ("2026-11-27T16:00", False, "outside_hours", "2026-11-30T08:00"),  # Friday to Monday
    ("2026-11-28T12:00", False, "outside_hours", "2026-11-30T08:00"),
    # Midsummer 2026: the eve is Friday 19 June, the day Saturday 20 June.
    ("2026-06-18T15:59", True, None, None),
    ("2026-06-18T16:00", False, "outside_hours", "2026-06-22T08:00"),
    ("2026-06-19T10:00", False, "holiday", "2026-06-22T08:00"),
    ("2026-06-20T10:00", False, "holiday", "2026-06-22T08:00"),
    ("2026-06-21T10:00", False, "outside_hours", "2026-06-22T08:00"),
    ("2027-06-25T10:00", False, "holiday", "2027-06-28T08:00"),  # it moves with the year
    # Easter: four closed days. Christmas Eve to the Monday after. Epiphany and Independence Day alone in a week.
    ("2026-04-02T16:30", False, "outside_hours", "2026-04-07T08:00"),
    ("2026-04-06T09:00", False, "holiday", "2026-04-07T08:00"),
    ("2026-12-24T09:00", False, "holiday", "2026-12-28T08:00"),
    ("2027-01-06T12:00", False, "holiday", "2027-01-07T08:00"),
    ("2027-12-06T12:00", False, "holiday", "2027-12-07T08:00"),
    # Daylight saving: clocks go forward on 29 March and back on 25 October 2026, both Sundays at night.
    ("2026-03-27T16:00", False, "outside_hours", "2026-03-30T08:00"),
    ("2026-03-29T03:30", False, "outside_hours", "2026-03-30T08:00"),  # an hour that does not exist
    ("2026-10-25T03:30", False, "outside_hours", "2026-10-26T08:00"),  # an hour that comes twice
    ("2026-10-23T16:00", False, "outside_hours", "2026-10-26T08:00"),
])
def test_hours_and_holidays(content, moment, is_open, reason, opens):
    found = availability(content, "fi", None, HERE, local(moment))
    assert (found.open, found.reason) == (is_open, reason)
    assert found.opens_next == (local(opens) if opens else None)


@pytest.mark.parametrize(("day", "utc_hour"), [("2026-03-27", 6), ("2026-03-30", 5), ("2026-10-23", 5), ("2026-10-26", 6)])
def test_the_desk_opens_at_eight_on_the_wall_whatever_utc_says(content, day, utc_hour):
    opening = datetime.fromisoformat(f"{day}T{utc_hour:02d}:00+00:00")
    assert availability(content, "fi", None, HERE, opening).open
    assert not availability(content, "fi", None, HERE, opening - timedelta(minutes=1)).open


NOON = "2026-11-24T12:00"


@pytest.mark.parametrize(("presence", "language", "area", "reason", "alternatives", "languages"), [
    (Presence(), "fi", None, "no_counsellors", ("callback", "phone", "self_care"), ()),
    (Presence((AWAY,)), "fi", None, "no_counsellors", ("callback", "phone", "self_care"), ()),
    (Presence((FI_SV, AWAY)), "en", None, "no_language", ("other_language", "callback", "phone", "self_care"), ("fi", "sv")),
    (Presence((HEALTH_ONLY,)), "fi", "social", "no_skill", ("any_field", "callback", "phone", "self_care"), ("fi",)),
    (Presence((HEALTH_ONLY,)), "fi", "health", None, (), ("fi",)),
    (Presence((HEALTH_ONLY,)), "fi", None, None, (), ("fi",)),
    (Presence((HEALTH_ONLY, FI_SV)), "fi", "social", None, (), ("fi", "sv")),
    # A counsellor with full hands still serves the queue; a queue that is full does not take more.
    (Presence((OnDuty("a", ("fi",), capacity=1, holding=1),)), "fi", None, None, (), ("fi",)),
    (Presence((FI_SV,), {"fi": 39}), "fi", None, None, (), ("fi", "sv")),
    (Presence((FI_SV,), {"fi": 40}), "fi", None, "queue_full", ("callback", "phone", "self_care"), ("fi", "sv")),
    (Presence((FI_SV,), {"fi": 40}), "sv", None, None, (), ("fi", "sv")),
])
def test_who_is_here(content, presence, language, area, reason, alternatives, languages):
    found = availability(content, language, area, presence, local(NOON))
    assert (found.open, found.reason, found.alternatives, found.languages) == (reason is None, reason, alternatives, languages)


def test_hours_come_before_presence(content):
    assert availability(content, "fi", None, Presence(), local("2026-11-24T20:00")).reason == "outside_hours"


def test_the_two_calendars_agree(content):
    """The hours' notation knows holidays of its own: a difference to the holidays library would open the desk to nobody."""
    from verkkoapu.hours import hours_at

    day = local("2026-01-01T12:00")
    for _ in range(3 * 365):
        if day.weekday() < 5:
            assert hours_at("Mo-Fr 08:00-16:00; PH off", day).open_now is not is_holiday(day.date()), day
        day += timedelta(days=1)
