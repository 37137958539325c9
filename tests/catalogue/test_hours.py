"""Service hours to opening_hours notation: single cases, and a property over a year against the source itself."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verkkoapu.catalogue import adapter_v11
from verkkoapu.catalogue.notation import hours_notation, week_notation
from verkkoapu.catalogue.problems import Problems
from verkkoapu.hours import parse_hours

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def opening(day, start, end, to=""):
    return {"dayFrom": day, "dayTo": to, "from": f"{start}:00", "to": f"{end}:00"}


def weekly(*openings, **more):
    return {"serviceHourType": "DaysOfTheWeek", "validFrom": None, "validTo": None, "isClosed": False,
            "validForNow": True, "additionalInformation": [], "openingHour": list(openings), **more}


def exceptional(first, last=None, *openings, **more):
    return weekly(*openings, serviceHourType="Exceptional", validForNow=False, validFrom=f"{first}T00:00:00",
                  validTo=f"{last}T00:00:00" if last else None, **more)


def said(words):
    return [{"language": "fi", "value": words}]


def convert(*entries):
    problems = Problems()
    read = adapter_v11.read_hours(list(entries), "serviceHours", problems)
    return hours_notation(read, problems), [problem.kind for problem in problems.found]


def state(notation, moment):
    if notation is None:
        return "unknown"
    hours = parse_hours(notation)
    moment = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return "open" if hours.is_open(moment) else "unknown" if hours.is_unknown(moment) else "closed"


WEEK = [opening(day, "08:00", "16:00") for day in DAYS[:4]] + [opening("Friday", "08:00", "15:00")]


@pytest.mark.parametrize("entries, notation", [
    ([weekly(*WEEK)], "Mo-Th 08:00-16:00; Fr 08:00-15:00"),
    ([weekly(opening("Monday", "08:00", "11:00"), opening("Monday", "12:00", "15:30"))], "Mo 08:00-11:00,12:00-15:30"),
    ([weekly(opening("Monday", "08:00", "16:00", to="Friday"))], "Mo-Fr 08:00-16:00"),
    ([weekly(opening("Saturday", "10:00", "14:00", to="Monday"))], "Mo,Sa-Su 10:00-14:00"),
    ([weekly(opening("Friday", "22:00", "02:00"))], "Fr 22:00-24:00; Sa 00:00-02:00"),
    ([weekly(opening("Sunday", "20:00", "00:00"))], "Su 20:00-24:00"),
    ([weekly(isAlwaysOpen=True)], "24/7"),
    ([weekly(*[opening(day, "00:00", "00:00") for day in DAYS])], "24/7"),
    ([weekly(*[opening(day, "00:00", "00:00") for day in DAYS], additionalInformation=said("Avoinna 24 h"))], "24/7"),
    ([weekly(isClosed=True)], "off"),
    ([weekly(opening("Friday", "18:00", "08:00", to="Monday"), serviceHourType="OverMidnight")],
     "Mo 00:00-08:00; Fr 18:00-24:00; Sa-Su 00:00-24:00"),
    ([weekly(opening("Wednesday", "08:00", "06:00", to="Thursday"), serviceHourType="OverMidnight")],
     "We 08:00-24:00; Th 00:00-06:00"),
    ([weekly(*WEEK), exceptional("2026-12-24", None, isClosed=True)],
     "Mo-Th 08:00-16:00; Fr 08:00-15:00; 2026 Dec 24 off"),
    ([weekly(*WEEK), exceptional("2026-12-24", "2026-12-26", isClosed=True)],
     "Mo-Th 08:00-16:00; Fr 08:00-15:00; 2026 Dec 24-2026 Dec 26 off"),
    ([weekly(*WEEK), exceptional("2026-12-23", None, opening("Monday", "10:00", "13:00", to="Sunday"))],
     "Mo-Th 08:00-16:00; Fr 08:00-15:00; 2026 Dec 23 10:00-13:00"),
    ([weekly(*WEEK), weekly(opening("Monday", "09:00", "12:00"), validForNow=False, validFrom="2026-06-01T00:00:00",
                            validTo="2026-08-31T00:00:00")],
     "Mo-Th 08:00-16:00; Fr 08:00-15:00; 2026 Jun 01-2026 Aug 31 off; 2026 Jun 01-2026 Aug 31 Mo 09:00-12:00"),
    # Older versions' names of the kinds.
    ([weekly(*WEEK, serviceHourType="Standard"), exceptional("2026-12-24", isClosed=True) | {"serviceHourType": "Exception"}],
     "Mo-Th 08:00-16:00; Fr 08:00-15:00; 2026 Dec 24 off"),
    # Dates as UTC, with and without a zone, are Finnish dates.
    ([weekly(*WEEK), exceptional("2026-12-24", isClosed=True) | {"validFrom": "2026-12-23T22:00:00Z"}],
     "Mo-Th 08:00-16:00; Fr 08:00-15:00; 2026 Dec 24 off"),
    ([weekly(*WEEK), exceptional("2026-06-24", isClosed=True) | {"validFrom": "2026-06-23T21:00:00"}],
     "Mo-Th 08:00-16:00; Fr 08:00-15:00; 2026 Jun 24 off"),
])
def test_hours_are_written_as_an_editor_would_write_them(entries, notation):
    assert convert(*entries)[0] == notation


@pytest.mark.parametrize("entry, kind", [
    (weekly(), "hours_empty"),
    (weekly(isReservation=True), "hours_by_reservation"),
    (weekly(*[opening(day, "00:00", "00:00") for day in DAYS], additionalInformation=said("Sopimuksen mukaan")),
     "hours_text_only"),
    (exceptional("2026-12-24", None, opening("Monday", "00:00", "00:00"), additionalInformation=said("Kysy")), "hours_text_only"),
    (weekly(isAlwaysOpen=True, isClosed=True), "hours_contradict"),
    (weekly({"dayFrom": "Maanantai", "from": "08:00:00", "to": "16:00:00"}), "hours_unreadable"),
    (weekly(*WEEK, serviceHourType="Sometimes"), "hours_kind_unknown"),
    (weekly(*WEEK, validFrom="2026-12-24", validTo="2026-01-01"), "hours_dates_reversed"),
    (exceptional("x", isClosed=True), "hours_without_date"),
])
def test_what_is_not_said_is_unknown_and_never_closed_or_open_round_the_clock(entry, kind):
    notation, kinds = convert(entry)
    assert kind in kinds
    for hour in range(0, 24, 3):
        assert state(notation, f"2026-12-24T{hour:02d}:30") == "unknown"


def test_an_exceptional_text_leaves_the_ordinary_days_alone():
    notation, _ = convert(weekly(*WEEK), exceptional("2026-12-24", None, opening("Monday", "00:00", "00:00"),
                                                     additionalInformation=said("Poikkeusaukiolo")))
    assert state(notation, "2026-12-24T10:00") == "unknown"
    assert state(notation, "2026-12-23T10:00") == "open"
    assert state(notation, "2026-12-23T18:00") == "closed"


def test_a_period_alone_says_nothing_of_the_time_around_it():
    notation, _ = convert(weekly(*WEEK, validForNow=False, validFrom="2026-06-01T00:00:00", validTo="2026-08-31T00:00:00"))
    assert state(notation, "2026-06-01T09:00") == "open"
    assert state(notation, "2026-06-06T09:00") == "closed"
    assert state(notation, "2026-05-29T09:00") == state(notation, "2026-09-01T09:00") == "unknown"


def test_hours_by_appointment_are_not_open():
    notation, _ = convert(weekly(*WEEK, isReservation=True))
    assert state(notation, "2026-11-23T10:00") == "unknown"


def test_an_exceptional_range_with_day_times_is_open_only_where_both_readings_agree():
    notation, kinds = convert(weekly(*WEEK), exceptional("2026-12-21", "2026-12-23", opening("Monday", "10:00", "14:00")))
    assert "hours_ambiguous" in kinds
    assert state(notation, "2026-12-22T11:00") == "open"
    assert state(notation, "2026-12-22T20:00") == "unknown"
    assert state(notation, "2026-12-21T09:00") == state(notation, "2026-12-23T15:00") == "closed"


def test_a_stretch_over_several_dates_is_open_without_a_break():
    notation, _ = convert(exceptional("2026-12-23", "2026-12-27", opening("Monday", "16:00", "08:00")))
    assert [state(notation, f"2026-12-{moment}") for moment in ("23T15:00", "23T17:00", "25T03:00", "27T07:00", "27T09:00")] == [
        "closed", "open", "open", "open", "closed"]


def test_an_open_and_a_closed_exception_on_one_date_cancel_each_other():
    notation, kinds = convert(weekly(*WEEK), exceptional("2026-12-24", isClosed=True),
                              exceptional("2026-12-24", None, opening("Monday", "10:00", "12:00")))
    assert "hours_contradict" in kinds
    assert state(notation, "2026-12-24T11:00") == "unknown"


def test_midnight_to_midnight_beside_ordinary_hours_is_open_only_between_open_nights():
    empty_weekend, kinds = convert(weekly(*WEEK, opening("Saturday", "00:00", "00:00"), opening("Sunday", "00:00", "00:00")))
    assert "hours_ambiguous" in kinds
    assert state(empty_weekend, "2026-11-21T12:00") == "unknown"
    on_call, _ = convert(weekly(*[opening(day, "16:00", "08:00") for day in DAYS[:5]],
                                opening("Saturday", "00:00", "00:00"), opening("Sunday", "00:00", "00:00")))
    assert state(on_call, "2026-11-21T12:00") == "open"


def test_several_sets_are_open_together_and_told_as_a_finding():
    notation, kinds = convert(weekly(opening("Monday", "08:00", "12:00")), weekly(opening("Monday", "11:00", "16:00")))
    assert notation == "Mo 08:00-16:00"
    assert "hours_several_sets" in kinds


def test_past_periods_and_dates_are_left_out_of_a_contact():
    problems = Problems()
    read = adapter_v11.read_hours([weekly(*WEEK), exceptional("2018-12-24", isClosed=True),
                                   exceptional("2026-12-24", isClosed=True)], "serviceHours", problems)
    assert hours_notation(read, problems, date(2026, 11, 23)) == "Mo-Th 08:00-16:00; Fr 08:00-15:00; 2026 Dec 24 off"


def test_a_damaged_line_makes_the_rest_of_the_week_unknown_not_closed():
    notation, _ = convert(weekly(opening("Monday", "08:00", "16:00"), {"dayFrom": "Tuesday", "from": None, "to": "16:00:00"}))
    assert state(notation, "2026-11-23T10:00") == "open"
    assert state(notation, "2026-11-24T10:00") == "unknown"


# --- the property ------------------------------------------------------------------------------------------------

_TIMES = st.sampled_from(["00:00", "06:30", "08:00", "09:15", "12:00", "16:00", "19:45", "22:00", "23:59"])


@st.composite
def _openings(draw):
    """Lines of a weekly entry whose meaning the source leaves no doubt about."""
    found = []
    for day in draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=7)):
        start = draw(_TIMES)
        end = draw(_TIMES.filter(lambda value, start=start: value != start))
        to = draw(st.sampled_from(["", "", "", None, day, *DAYS])) if end > start else ""
        found.append(opening(day, start, end, to=to))
    return found


@st.composite
def _entry(draw):
    kind = draw(st.sampled_from(["weekly", "weekly", "period", "for_now", "over_midnight", "always", "empty", "closed_date",
                                 "open_date", "text_date", "closed_range"]))
    first = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 364)))
    last = first + timedelta(days=draw(st.integers(1, 120)))
    if kind == "weekly":
        return weekly(*draw(_openings()))
    if kind == "period":
        return weekly(*draw(_openings()), validForNow=False, validFrom=f"{first}T00:00:00", validTo=f"{last}T00:00:00")
    if kind == "for_now":
        return weekly(*draw(_openings()), validFrom=f"{first}T00:00:00")
    if kind == "over_midnight":
        day, to = draw(st.sampled_from(DAYS)), draw(st.sampled_from(DAYS))
        start, end = draw(_TIMES.filter(lambda t: t != "00:00")), draw(_TIMES)
        if to == day and end <= start:
            to = DAYS[(DAYS.index(day) + 1) % 7]
        return weekly(opening(day, start, end, to=to), serviceHourType="OverMidnight")
    if kind == "always":
        return weekly(isAlwaysOpen=True)
    if kind == "empty":
        return weekly(additionalInformation=said("Kysy"))
    if kind == "closed_date":
        return exceptional(first, isClosed=True)
    if kind == "closed_range":
        return exceptional(first, last, isClosed=True)
    if kind == "text_date":
        return exceptional(first, None, opening("Monday", "00:00", "00:00", to="Sunday"), additionalInformation=said("Kysy"))
    return exceptional(first, None, opening("Monday", "09:15", "16:00", to="Sunday"))


def _minutes(value):
    return int(value[:2]) * 60 + int(value[3:5])


def source_says(entries, moment):
    """What the source's own words mean at a moment; written without the converter's code.

    The hours of a date are those of the entries valid on that date, what runs over midnight included.
    """
    day = moment.date().isoformat()
    exceptions = [e for e in entries if e["serviceHourType"] == "Exceptional"
                  and e["validFrom"][:10] <= day <= (e["validTo"] or e["validFrom"])[:10]]
    if exceptions:
        now = moment.hour * 60 + moment.minute
        real = [o for e in exceptions for o in e["openingHour"] if o["from"] != o["to"]]
        closed = any(e["isClosed"] for e in exceptions)
        if real:
            if closed:
                return "unknown"
            return "open" if any(_minutes(o["from"]) <= now < _minutes(o["to"]) for o in real) else "closed"
        return "closed" if closed else "unknown"
    others = [e for e in entries if e["serviceHourType"] != "Exceptional"]
    periods = [e for e in others if e["validTo"] and e["openingHour"] and e["validFrom"][:10] <= day <= e["validTo"][:10]]
    rest = [e for e in others if not e["validTo"] and (not e["validFrom"] or e["validFrom"][:10] <= day)]
    valid = [e for e in (periods or rest) if e["openingHour"] or e.get("isAlwaysOpen")]
    if not valid:
        return "unknown"
    return "open" if any(_in_week(e, moment) for e in valid) else "closed"


def _in_week(entry, moment):
    if entry.get("isAlwaysOpen"):
        return True
    now = moment.weekday() * 1440 + moment.hour * 60 + moment.minute
    for line in entry["openingHour"]:
        first = DAYS.index(line["dayFrom"])
        last = DAYS.index(line["dayTo"]) if line["dayTo"] else None
        start, end = _minutes(line["from"]), _minutes(line["to"])
        if entry["serviceHourType"] == "OverMidnight":
            length = ((last - first) % 7) * 1440 + end - start
            if (now - (first * 1440 + start)) % 10080 < length:
                return True
            continue
        day = first
        while True:
            if (now - (day * 1440 + start)) % 10080 < (end - start) % 1440:
                return True
            if last is None or day == last:
                break
            day = (day + 1) % 7
    return False


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(entries=st.lists(_entry(), min_size=1, max_size=5),
       moments=st.lists(st.integers(0, 400 * 1440 - 1), min_size=20, max_size=60))
def test_the_notation_says_at_every_moment_what_the_source_says(entries, moments):
    notation, _kinds = convert(*entries)
    begin = datetime(2025, 12, 20)
    edges = [datetime.fromisoformat(e[key][:10]) - begin for e in entries for key in ("validFrom", "validTo") if e[key]]
    sampled = [begin + timedelta(minutes=minute) for minute in moments]
    sampled += [begin + edge + timedelta(minutes=shift) for edge in edges for shift in (-1, 0, 600, 1439, 1440)]
    for moment in sampled:
        assert state(notation, moment) == source_says(entries, moment), (notation, moment)


@settings(max_examples=150, deadline=None)
@given(lines=_openings(), moments=st.lists(st.integers(0, 10079), min_size=20, max_size=40))
def test_every_weekly_set_by_itself_is_right_through_the_week(lines, moments):
    problems = Problems()
    (entry,) = adapter_v11.read_hours([weekly(*lines)], "serviceHours", problems)
    notation = week_notation(entry, problems)
    for minute in moments:
        moment = datetime(2026, 11, 23) + timedelta(minutes=minute)
        assert state(notation, moment) == ("open" if _in_week(weekly(*lines), moment) else "closed")


_JUNK = st.recursive(st.none() | st.booleans() | st.integers(-5, 3000) | st.floats() | st.text(max_size=12)
                     | st.sampled_from(["Monday", "Exceptional", "DaysOfTheWeek", "OverMidnight", "08:00:00", "2026-12-24T00:00:00"]),
                     lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                         st.sampled_from(["serviceHourType", "openingHour", "dayFrom", "dayTo", "from", "to", "validFrom",
                                          "validTo", "isClosed", "isAlwaysOpen", "additionalInformation", "value", "language"]),
                         inner, max_size=6), max_leaves=20)


@settings(max_examples=300, deadline=None)
@given(junk=st.lists(_JUNK, max_size=4))
def test_any_json_gives_a_notation_that_can_be_read_or_none(junk):
    notation, kinds = convert(*junk)
    assert "hours_not_parsed" not in kinds
    if notation is not None:
        parse_hours(notation)
