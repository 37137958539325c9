"""Hours as plans: what a week looks like, in stretches of open and unknown time. No input, no output.

A plan is a list of (start, end, rank) in minutes from Monday 00:00 to 10080. Rank OPEN hides UNKNOWN; time that no
stretch covers is closed. Two readings of one entry are both kept: what they agree on is open, the rest unknown,
because a wrong "open" or "closed" is worse than "not known".
"""

from __future__ import annotations

import itertools

from verkkoapu.catalogue.model import OPEN as OPEN_STATE
from verkkoapu.catalogue.model import HoursEntry, Opening
from verkkoapu.catalogue.problems import Problems
from verkkoapu.catalogue.texts import words

DAY = 1440
WEEK = 7 * DAY
UNKNOWN, OPEN = 1, 2
Plan = list[tuple[int, int, int]]
CLOSED_PLAN: Plan = []
UNKNOWN_PLAN: Plan = [(0, WEEK, UNKNOWN)]
ALWAYS_PLAN: Plan = [(0, WEEK, OPEN)]


def weekly_plan(entry: HoursEntry, problems: Problems) -> Plan:
    """The plan of a weekly or continuous entry; UNKNOWN_PLAN when it says nothing that can be relied on."""
    if entry.always_open and entry.closed:
        problems.add("hours_contradict", entry.where)
        return UNKNOWN_PLAN
    if entry.always_open:
        return UNKNOWN_PLAN if entry.reservation else ALWAYS_PLAN
    if entry.closed:
        if entry.openings:
            problems.add("hours_closed_with_times", entry.where)
        return CLOSED_PLAN
    if not entry.openings:
        problems.add("hours_by_reservation" if entry.reservation else "hours_empty", entry.where)
        return UNKNOWN_PLAN
    if all(opening.start == 0 == opening.end % DAY for opening in entry.openings) and _only_text(entry):
        problems.add("hours_text_only", entry.where, next(iter(entry.notes.values()), ""))
        return UNKNOWN_PLAN
    paint = _continuous if entry.kind == "continuous" else _weekly
    plan: Plan = [(0, WEEK, UNKNOWN)] if entry.damaged else []
    for opening in entry.openings:
        paint(opening, entry, plan, problems)
    if entry.reservation:
        # Open only for those who have booked: a resident at the door finds it closed.
        plan = [(start, end, UNKNOWN) for start, end, _rank in plan]
    return resolve(plan)


def resolve(plan: Plan) -> Plan:
    """The same plan in order, without overlaps, neighbours of one rank joined; time over the week's end wraps."""
    wrapped: Plan = []
    for start, end, rank in plan:
        if end - start >= WEEK:
            wrapped.append((0, WEEK, rank))
            continue
        start, end = start % WEEK, start % WEEK + (end - start)
        wrapped.append((start, min(end, WEEK), rank))
        if end > WEEK:
            wrapped.append((0, end - WEEK, rank))
    cuts = sorted({point for start, end, _rank in wrapped for point in (start, end)})
    result: Plan = []
    for start, end in itertools.pairwise(cuts):
        rank = max((r for a, b, r in wrapped if a <= start and b >= end), default=0)
        if not rank:
            continue
        if result and result[-1][1] == start and result[-1][2] == rank:
            result[-1] = (result[-1][0], end, rank)
        else:
            result.append((start, end, rank))
    return result


def union(plans: list[Plan]) -> Plan:
    """Open when one of them is open; plans that know nothing are left out when another one knows something."""
    known = [plan for plan in plans if plan != UNKNOWN_PLAN]
    if not known:
        return UNKNOWN_PLAN
    return known[0] if len(known) == 1 else resolve([stretch for plan in known for stretch in plan])


def day_plans(plan: Plan) -> list[tuple[tuple[int, int, int], ...]]:
    """The plan cut at midnights: for each day its stretches in minutes of that day."""
    days: list[list[tuple[int, int, int]]] = [[] for _ in range(7)]
    for start, end, rank in plan:
        while start < end:
            number = start // DAY
            until = min(end, (number + 1) * DAY)
            days[number].append((start - number * DAY, until - number * DAY, rank))
            start = until
    return [tuple(day) for day in days]


def _weekly(opening: Opening, entry: HoursEntry, plan: Plan, problems: Problems) -> None:
    """Each named day by itself; `dayTo` makes a range of days, which may run over Sunday."""
    assert opening.day is not None
    days = _range(opening.day, opening.end_day)
    rank = OPEN if opening.state == OPEN_STATE else UNKNOWN
    if (opening.start == opening.end % DAY and opening.end != DAY) or (opening.start, opening.end) == (0, DAY):
        for number in days:
            _whole_day(number, opening, entry, rank, plan, problems)
        return
    if opening.end > opening.start:
        plan.extend((number * DAY + opening.start, number * DAY + opening.end, rank) for number in days)
        return
    # Ends at or after midnight: 18–00 ends with the day, 22–02 with the next night.
    spans = [(number * DAY + opening.start, (number + 1) * DAY + opening.end, rank) for number in days]
    if len(days) == 2 and opening.end:
        # "Friday to Saturday 22–02" is one night or two: the second is not known.
        problems.add("hours_ambiguous", entry.where)
        spans[1] = (*spans[1][:2], UNKNOWN)
    plan.extend(spans)


def _whole_day(number: int, opening: Opening, entry: HoursEntry, rank: int, plan: Plan, problems: Problems) -> None:
    """From a time to the same time. 00:00–00:00 is 24 hours in the source's own forms (`bothAreMidnight`) …"""
    whole = (number * DAY, (number + 1) * DAY)
    if opening.end == DAY and opening.start == 0:
        plan.append((*whole, rank))
    elif opening.start:
        problems.add("hours_ambiguous", entry.where)
        plan.append((*whole, UNKNOWN))
    elif _all_midnight(entry) or _joins_open_time(number, entry):
        plan.append((*whole, rank))
    else:
        # … but beside ordinary hours it is also how an empty day was left in the form.
        problems.add("hours_ambiguous", entry.where)
        plan.append((*whole, UNKNOWN))


def _continuous(opening: Opening, entry: HoursEntry, plan: Plan, problems: Problems) -> None:
    """One stretch from a day and time to another day and time ("over midnight")."""
    assert opening.day is not None
    rank = OPEN if opening.state == OPEN_STATE else UNKNOWN
    start = opening.day * DAY + opening.start
    if opening.end_day is None:
        plan.append((start, opening.day * DAY + opening.end + (DAY if opening.end <= opening.start else 0), rank))
        return
    length = (opening.end_day - opening.day) % 7 * DAY + opening.end - opening.start
    if opening.end_day == opening.day and length <= 0:
        if opening.start == opening.end == 0:
            plan.append((start, start + DAY, rank))
            return
        # Monday 16 to Monday 08: one night, or the whole week but a day.
        problems.add("hours_ambiguous", entry.where)
        plan += [(start, start + DAY + length, rank), (start, start + WEEK + length, UNKNOWN)]
        return
    if opening.end == 0 and opening.start == 0 and opening.day != opening.end_day:
        # Monday 00:00 to Sunday 00:00: whether Sunday is in it is not said.
        problems.add("hours_ambiguous", entry.where)
        plan.append((start + length, start + length + DAY, UNKNOWN))
    plan.append((start, start + length, rank))


def _range(first: int, last: int | None) -> list[int]:
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)] if last is not None else [first]


def _all_midnight(entry: HoursEntry) -> bool:
    return all(opening.start == 0 == opening.end % DAY for opening in entry.openings)


def _joins_open_time(number: int, entry: HoursEntry) -> bool:
    """Whether the day before ends at midnight or later, or the day after begins at midnight."""
    for opening in entry.openings:
        days = _range(opening.day or 0, opening.end_day)
        if (number - 1) % 7 in days and opening.start and opening.end <= opening.start:
            return True
        if (number + 1) % 7 in days and opening.start == 0 and 0 < opening.end < DAY:
            return True
        if (number - 1) % 7 in days and opening.end == DAY:
            return True
    return False


def _only_text(entry: HoursEntry) -> bool:
    """Whether the entry's words, and not its 00:00–00:00, say when it is open."""
    said = " ".join(entry.notes.values()).lower()
    return bool(said) and not any(word in said for word in words()["round_the_clock"])
