"""Hours at moments that are easily wrong: holidays, eves, daylight saving, midnight."""

from datetime import datetime

import pytest

from verkkoapu.clock import HELSINKI
from verkkoapu.contacts import hours_text, status_text
from verkkoapu.hours import hours_at, parse_hours

OFFICE = "Mo-Fr 08:00-16:00; PH off"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HELSINKI)


@pytest.mark.parametrize(("moment", "is_open"), [
    ("2026-11-24T07:59", False), ("2026-11-24T08:00", True), ("2026-11-24T15:59", True), ("2026-11-24T16:00", False),
    ("2026-11-22T10:00", False),  # Sunday
    ("2026-12-25T10:00", False),  # Christmas Day, a Friday
    ("2027-01-06T10:00", False),  # Epiphany, a Wednesday
    ("2027-03-26T10:00", False),  # Good Friday
    ("2027-05-06T10:00", False),  # Ascension Day
    ("2026-12-07T10:00", True),   # the Monday after Independence Day
])
def test_office_hours(moment, is_open):
    assert hours_at(OFFICE, at(moment)).open_now is is_open


@pytest.mark.parametrize(("moment", "opens"), [
    ("2026-11-20T17:00", "2026-11-23T08:00"),  # Friday evening → Monday
    ("2027-03-25T17:00", "2027-03-30T08:00"),  # before Easter → the Tuesday after
    ("2027-03-27T12:00", "2027-03-30T08:00"),  # over the night when clocks go forward
    ("2026-10-24T12:00", "2026-10-26T08:00"),  # over the night when clocks go back
])
def test_when_it_opens_next(moment, opens):
    assert hours_at(OFFICE, at(moment)).opens_next == at(opens)


def test_a_line_over_midnight_is_open_on_both_sides():
    for moment, is_open in (("2026-11-24T22:00", True), ("2026-11-25T03:00", True), ("2026-11-25T09:00", False)):
        assert hours_at("Mo-Su 21:00-08:00", at(moment)).open_now is is_open


def test_unknown_hours_are_never_called_closed():
    assert hours_at(None, at("2026-11-24T10:00")).open_now is None
    assert status_text(hours_at(None, at("2026-11-24T10:00")), at("2026-11-24T10:00"), "fi") is None


def test_free_text_is_refused_with_a_reason():
    with pytest.raises(ValueError):
        parse_hours("ma-pe 8-16")


@pytest.mark.parametrize(("language", "text"), [
    ("fi", "ma–pe klo 8–16, suljettu pyhäpäivinä"),
    ("sv", "mån–fre kl. 8–16, stängt på helgdagar"),
    ("en", "Mon–Fri 8–16, closed on public holidays"),
])
def test_hours_in_words(language, text):
    assert hours_text(OFFICE, language) == text


@pytest.mark.parametrize(("moment", "text"), [
    ("2026-11-24T10:00", "avoinna nyt, sulkeutuu klo 16.00"), ("2026-11-24T06:00", "suljettu nyt, avautuu tänään klo 8.00"),
    ("2026-11-24T18:00", "suljettu nyt, avautuu huomenna klo 8.00"), ("2026-11-20T18:00", "suljettu nyt, avautuu maanantaina 23.11. klo 8.00"),
])
def test_status_in_words(moment, text):
    assert status_text(hours_at(OFFICE, at(moment)), at(moment), "fi") == text
