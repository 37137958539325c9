"""Findings about catalogue records: a kind, the record's id and the field; the words stand in texts.<lang>.yaml."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from verkkoapu.catalogue.texts import say
from verkkoapu.findings import Finding

#: Kinds that mean a value was lost; the others are for an editor to know.
ERRORS = frozenset({
    "unreadable", "not_a_record", "no_id", "bad_id", "record_failed", "phone_invalid", "coordinates_outside",
    "coordinates_unreadable", "hours_not_parsed", "shrunk",
})


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that could not be understood, or had to be guessed and therefore was not."""

    record: str
    field: str
    kind: str
    value: str = ""

    def finding(self, language: str = "en") -> Finding:
        """The same as every other finding of the project: the record stands where a file's name does."""
        values = {"record": self.record, "field": self.field, "value": self.value}
        return Finding(f"catalogue/{self.record}#{self.field}", 1, "error" if self.kind in ERRORS else "warning",
                       say(f"problem.{self.kind}", language, **values), say(f"fix.{self.kind}", language, **values))


class Problems:
    """Collects problems of one record; `add` is cheap and never raises."""

    def __init__(self) -> None:
        self.record = "?"
        self.found: list[Problem] = []

    def add(self, kind: str, field: str, value: object = "") -> None:
        """Note a problem of the record being read; long values are cut so that a finding stays one line."""
        shown = " ".join(str(value).split())[:80] if value is not None else ""
        self.found.append(Problem(self.record, field, kind, shown))


def counts(found: Iterable[Problem]) -> dict[str, int]:
    """How many findings of each kind, the most frequent first."""
    return dict(Counter(problem.kind for problem in found).most_common())
