"""A mistake in the content, told so that an editor can mend it without a programmer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One mistake: where it is, what is wrong and what to do about it."""

    file: str
    line: int
    severity: Literal["error", "warning"]
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.message} | {self.fix}"


def errors(findings: list[Finding]) -> list[Finding]:
    """The findings that keep content out of the service; warnings do not."""
    return [finding for finding in findings if finding.severity == "error"]
