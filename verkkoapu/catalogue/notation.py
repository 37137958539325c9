"""Service hours to OpenStreetMap opening_hours notation.

Specification: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification. A rule after ";" replaces the
whole day that it matches and one after "," adds to it; in opening-hours-py a replaced day also loses what ran over
midnight from the day before. So hours are cut at midnight: "Fr 22:00-24:00; Sa 00:00-02:00".

Order of rules: the ordinary week; periods with other hours; holidays by name; exceptional dates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from verkkoapu.catalogue import week
from verkkoapu.catalogue.model import OPEN, HoursEntry
from verkkoapu.catalogue.problems import Problems
from verkkoapu.catalogue.week import DAY, Plan
from verkkoapu.hours import parse_hours

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

#: PTV v12 names holidays; those that move stand as rules, so that they hold every year.
#: Midsummer Day is the Saturday of 20–26 June, All Saints' Day that of 31 October–6 November (Act 388/1937).
HOLIDAYS = {
    "newyearday": "Jan 01", "newyearsday": "Jan 01", "epiphany": "Jan 06", "maundythursday": "easter -3 days",
    "goodfriday": "easter -2 days", "eastersunday": "easter", "eastermonday": "easter +1 day", "maydayeve": "Apr 30",
    "mayday": "May 01", "ascensionday": "easter +39 days", "whitsunday": "easter +49 days",
    "midsummereve": "Jun 19-25 Fr", "midsummerday": "Jun 20-26 Sa", "allsaintsday": "Oct 31-Nov 06 Sa",
    "independenceday": "Dec 06", "christmaseve": "Dec 24", "christmasday": "Dec 25",
    "secondchristmasday": "Dec 26", "seconddayofchristmas": "Dec 26", "boxingday": "Dec 26", "newyeareve": "Dec 31",
    "newyearseve": "Dec 31",
}


@dataclass(frozen=True)
class Period:
    """A plan that holds between two days, both included; None is open-ended."""

    first: date | None
    last: date | None
    plan: Plan
    #: for_now: joins the ordinary week from a day on; period: replaces it; exception: replaces both.
    kind: str


def hours_notation(entries: Iterable[HoursEntry], problems: Problems, today: date | None = None) -> str | None:
    """All entries of one channel in one line, or None when nothing is known.

    With `today`, periods and exceptional dates that are over are left out, as a contact shows them.
    """
    base, periods, holidays = _sort(entries, problems)
    if today is not None:
        periods = [period for period in periods if period.last is None or period.last >= today]
    ordinary = week.union(base) if base else week.UNKNOWN_PLAN
    rules = [_rules("", ordinary)]
    if len(base) > 1 and len({str(plan) for plan in base}) > 1:
        problems.add("hours_several_sets", "serviceHours")
    rules += _segments([p for p in periods if p.kind != "exception"], ordinary, base)
    rules += holidays
    rules += _exceptions([p for p in periods if p.kind == "exception"], problems)
    if len(rules) == 1 and ordinary == week.UNKNOWN_PLAN:
        return None
    return checked("; ".join(rules), problems)


def week_notation(entry: HoursEntry, problems: Problems) -> str | None:
    """One weekly entry by itself, without its dates; None when it says nothing."""
    plan = week.weekly_plan(entry, problems)
    return None if plan == week.UNKNOWN_PLAN else checked(_rules("", plan), problems)


def checked(notation: str, problems: Problems) -> str | None:
    """The notation when opening-hours-py reads it; a notation nobody can read is a finding, not a contact's hours."""
    try:
        parse_hours(notation)
    except ValueError as exc:
        problems.add("hours_not_parsed", "serviceHours", f"{notation}: {exc}")
        return None
    return notation


def _sort(entries: Iterable[HoursEntry], problems: Problems) -> tuple[list[Plan], list[Period], list[str]]:
    base: list[Plan] = []
    periods: list[Period] = []
    holidays: list[str] = []
    for entry in entries:
        if entry.valid_from and entry.valid_to and entry.valid_to < entry.valid_from:
            problems.add("hours_dates_reversed", entry.where, f"{entry.valid_from} {entry.valid_to}")
        elif entry.kind == "holiday":
            holidays += _holiday(entry, problems)
        elif entry.kind == "exceptional" or _runs_between_dates(entry):
            periods += _exceptional(entry, problems)
        else:
            plan = week.weekly_plan(entry, problems)
            if entry.valid_to is None and entry.valid_from is None:
                base.append(plan)
            elif plan == week.UNKNOWN_PLAN and not entry.openings:
                continue  # a period with only words does not hide the ordinary week
            else:
                own = entry.valid_to is not None or not entry.for_now
                periods.append(Period(entry.valid_from, entry.valid_to, plan, "period" if own else "for_now"))
    return base, periods, holidays


def _runs_between_dates(entry: HoursEntry) -> bool:
    return entry.kind == "continuous" and bool(entry.openings) and all(o.day is None for o in entry.openings)


def _segments(periods: list[Period], ordinary: Plan, base: list[Plan]) -> list[str]:
    """Rules for each stretch of dates whose hours are not the ordinary ones."""
    rules = []
    for first, last, active in _stretches(periods):
        own = [period.plan for period in active if period.kind == "period"]
        plan = week.union(own) if own else week.union(base + [period.plan for period in active])
        if active and plan != ordinary:
            rules.append((first, last, plan))
    return [_rules(_range(first, last), plan) for first, last, plan in _joined(rules)]


def _exceptions(periods: list[Period], problems: Problems) -> list[str]:
    rules = []
    for first, last, active in _stretches(periods):
        if not active:
            continue
        plans = [period.plan for period in active]
        opened = [plan for plan in plans if any(rank == week.OPEN for _a, _b, rank in plan)]
        if opened and week.CLOSED_PLAN in plans:
            problems.add("hours_contradict", "serviceHours", _range(first, last))
            plan = week.UNKNOWN_PLAN
        elif opened:
            plan = week.union(opened)
        else:
            plan = week.CLOSED_PLAN if week.CLOSED_PLAN in plans else week.UNKNOWN_PLAN
        rules.append((first, last, plan))
    return [_rules(_range(first, last), plan) for first, last, plan in _joined(rules)]


def _stretches(periods: list[Period]) -> list[tuple[date | None, date | None, list[Period]]]:
    """The calendar cut wherever a period begins or ends, with the periods that hold in each part."""
    starts = sorted({period.first for period in periods if period.first}
                    | {period.last + timedelta(days=1) for period in periods if period.last})
    edges: list[date | None] = [None, *starts]
    result: list[tuple[date | None, date | None, list[Period]]] = []
    for index, first in enumerate(edges):
        last = starts[index] - timedelta(days=1) if index < len(starts) else None
        active = [p for p in periods if _holds(p, first or last or date.today())]
        result.append((first, last, active))
    return result if periods else []


def _holds(period: Period, day: date) -> bool:
    return (period.first is None or period.first <= day) and (period.last is None or day <= period.last)


def _joined(rules: list[tuple[date | None, date | None, Plan]]) -> list[tuple[date | None, date | None, Plan]]:
    joined: list[tuple[date | None, date | None, Plan]] = []
    for first, last, plan in rules:
        before = joined[-1] if joined else None
        if before and before[2] == plan and before[1] and first == before[1] + timedelta(days=1):
            joined[-1] = (before[0], last, plan)
        else:
            joined.append((first, last, plan))
    return joined


def _exceptional(entry: HoursEntry, problems: Problems) -> list[Period]:
    """The dates of an exceptional entry; PTV fills its weekday fields with Monday–Sunday, so they say nothing."""
    first, last = entry.valid_from, entry.valid_to or entry.valid_from
    if first is None:
        problems.add("hours_without_date", entry.where)
        return []
    assert last is not None
    if entry.openings and all(opening.day is not None for opening in entry.openings):
        return [Period(first, last, week.weekly_plan(entry, problems), "exception")]  # v12: weekdays are meant
    if entry.closed:
        return [Period(first, last, week.CLOSED_PLAN, "exception")]
    if entry.always_open and not entry.reservation:
        return [Period(first, last, week.ALWAYS_PLAN, "exception")]
    times = [opening for opening in entry.openings if opening.start or opening.end % DAY]
    if not times or entry.reservation or entry.damaged:
        # Only words, or 00:00–00:00: it means "check", never closed and never round the clock.
        problems.add("hours_text_only", entry.where, next(iter(entry.notes.values()), ""))
        return [Period(first, last, week.UNKNOWN_PLAN, "exception")]
    pieces = []
    for opening in times:
        rank = week.OPEN if opening.state == OPEN else week.UNKNOWN
        if first == last:
            spans = [(first, last, _one_date(opening.start, opening.end, rank))]
        elif entry.kind == "continuous" or opening.end <= opening.start:
            spans = _through(first, last, opening.start, opening.end, rank)
        else:
            problems.add("hours_ambiguous", entry.where)
            spans = _daily_or_through(first, last, opening.start, opening.end, rank)
        pieces += [Period(a, b, _every_day(plan), "exception") for a, b, plan in spans]
        if first == last and opening.end < opening.start and opening.end:
            # One date, 22–02: the night runs into the next date, whose other hours stay unknown to this entry.
            problems.add("hours_ambiguous", entry.where)
    return pieces


def _one_date(start: int, end: int, rank: int) -> Plan:
    return [(start, end if end > start else DAY, rank)]


def _through(first: date, last: date, start: int, end: int, rank: int) -> list[tuple[date, date, Plan]]:
    """Open without a break from a time on the first date to a time on the last."""
    spans = [(first, first, [(start, DAY, rank)])]
    if (last - first).days > 1:
        spans.append((first + timedelta(days=1), last - timedelta(days=1), [(0, DAY, rank)]))
    return [*spans, (last, last, [(0, end or DAY, rank)])]


def _daily_or_through(first: date, last: date, start: int, end: int, rank: int) -> list[tuple[date, date, Plan]]:
    """"24.–26.12. 10–14": the source means one stretch, editors often mean each day; open where both agree."""
    spans = [(first, first, [(start, end, rank), (end, DAY, week.UNKNOWN)])]
    if (last - first).days > 1:
        middle = [(0, start, week.UNKNOWN), (start, end, rank), (end, DAY, week.UNKNOWN)]
        spans.append((first + timedelta(days=1), last - timedelta(days=1), middle))
    return [*spans, (last, last, [(0, start, week.UNKNOWN), (start, end, rank)])]


def _every_day(plan: Plan) -> Plan:
    return week.resolve([(a + n * DAY, b + n * DAY, rank) for n in range(7) for a, b, rank in plan if b > a])


def _holiday(entry: HoursEntry, problems: Problems) -> list[str]:
    rule = HOLIDAYS.get((entry.holiday or "").lower())
    if rule is None:
        problems.add("hours_unknown_holiday", entry.where, entry.holiday or "")
        return []
    if entry.closed:
        return [f"{rule} off"]
    spans = [(o.start, o.end if o.end > o.start else DAY, week.OPEN if o.state == OPEN else week.UNKNOWN)
             for o in entry.openings]
    if not spans or all(o.start == 0 == o.end for o in entry.openings):
        return [f"{rule} unknown"]
    return [_day_rule(rule, week.day_plans(week.resolve(spans))[0])]


def _range(first: date | None, last: date | None) -> str:
    if first is None:
        return f"1900 Jan 01-{_date(last)}" if last else ""
    if last is None:
        return f"{_date(first)}+"
    return _date(first) if first == last else f"{_date(first)}-{_date(last)}"


def _date(value: date | None) -> str:
    assert value is not None
    return f"{value.year} {MONTHS[value.month - 1]} {value.day:02d}"


def _rules(dates: str, plan: Plan) -> str:
    """The rules of one plan; with dates the days without hours are closed by a rule of their own."""
    if plan == week.UNKNOWN_PLAN:
        return f"{dates} unknown".strip()
    if plan == week.CLOSED_PLAN:
        return f"{dates} off".strip()
    if plan == week.ALWAYS_PLAN:
        return f"{dates} 00:00-24:00" if dates else "24/7"
    groups: dict[tuple[tuple[int, int, int], ...], list[int]] = {}
    for number, spans in enumerate(week.day_plans(plan)):
        if spans:
            groups.setdefault(spans, []).append(number)
    covered = sum(len(days) for days in groups.values())
    rules = [f"{dates} off"] if dates and covered < 7 else []
    for spans, days in groups.items():
        which = "" if dates and len(days) == 7 else _days(days)
        rules.append(_day_rule(f"{dates} {which}".strip(), spans))
    return "; ".join(rules)


def _day_rule(selector: str, spans: tuple[tuple[int, int, int], ...]) -> str:
    opened = ",".join(f"{_clock(a)}-{_clock(b)}" for a, b, rank in spans if rank == week.OPEN)
    unknown = ",".join(f"{_clock(a)}-{_clock(b)}" for a, b, rank in spans if rank == week.UNKNOWN)
    rules = [f"{selector} {opened}"] if opened else []
    return ", ".join([*rules, f"{selector} {unknown} unknown"] if unknown else rules)


def _days(numbers: list[int]) -> str:
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ",".join(DAYS[p[0]] if len(p) == 1 else f"{DAYS[p[0]]}-{DAYS[p[-1]]}" for p in parts)


def _clock(value: int) -> str:
    return f"{value // 60:02d}:{value % 60:02d}"
