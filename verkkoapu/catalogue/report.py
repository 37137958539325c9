"""The counts of a reading: what came, what was understood, and what became findings."""

from __future__ import annotations

from typing import Any

from verkkoapu.catalogue.convert import Entry, asdict_shallow
from verkkoapu.catalogue.convert import entries as contact_entries
from verkkoapu.catalogue.problems import Problem, Problems, counts
from verkkoapu.catalogue.reading import Reading

PHONE_PROBLEMS = ("phone_invalid", "phone_empty")
PLACE_PROBLEMS = ("coordinates_outside", "coordinates_unreadable")


def understand(reading: Reading) -> tuple[list[Entry], list[Problem]]:
    """Convert everything; the problems of reading and of converting together, each once."""
    noted = Problems()
    found = list(contact_entries(reading.catalogue, noted))
    return found, list(dict.fromkeys([*reading.problems, *noted.found]))


def report(reading: Reading, entries: list[Entry], problems: list[Problem]) -> dict[str, Any]:
    """Counts as JSON; `numbers` and `coordinates` count each mention in the source's records.

    Weekly hours count every entry that says how a week is, those over midnight included.
    """
    reported = [problem for problem in problems if problem.kind in PHONE_PROBLEMS]
    outside = [problem for problem in problems if problem.kind in PLACE_PROBLEMS]
    own = list(_own_details(reading))
    valid = sum(phone.mentions for details in own for phone in details.phones or ())
    located = [a for details in own for a in details.addresses or () if a.latitude is not None]
    addresses = sum(len(details.addresses or ()) for details in own)
    weeks = [notation for entry in entries for _where, notation in _own_weeks(entry, reading)]
    kinds = [item.kind for details in own for item in details.hours or ()]
    return {
        "records": {"read": dict(reading.read), "understood": dict(reading.understood),
                    "total": sum(reading.read.values()), "connections": len(reading.catalogue.connections)},
        "findings": {"total": len(problems), "by_kind": counts(problems)},
        "numbers": {"total": valid + len(reported), "valid": valid, "reported": len(reported)},
        "hours": {
            "weekly": {"total": len(weeks), "converted": sum(week is not None for week in weeks),
                       "unknown": sum(week is None for week in weeks)},
            "exceptional": kinds.count("exceptional"), "over_midnight": kinds.count("continuous"),
            "holidays": kinds.count("holiday"),
            "contacts": {"with_hours": sum(entry.hours is not None for entry in entries), "total": len(entries)},
        },
        "coordinates": {"total": len(located) + len(outside), "inside_finland": len(located),
                        "reported": len(outside), "addresses_without": addresses - len(located) - len(outside)},
    }


def _own_details(reading: Reading):
    for table in (reading.catalogue.channels, reading.catalogue.connections, reading.catalogue.organisations):
        for record in table.values():
            yield record.details


def _own_weeks(entry: Entry, reading: Reading) -> tuple[tuple[str, str | None], ...]:
    """The weekly entries that this contact brought itself, not those it has from its channel."""
    if "~" in entry.id:
        service, channel = entry.id.split("~", 1)
        own = asdict_shallow(reading.catalogue.connections[service, channel].details)["hours"]
        if own is None:
            return ()
    return entry.weeks
