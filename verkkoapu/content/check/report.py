"""The findings as a person or a program reads them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from itertools import groupby

from verkkoapu.findings import Finding


def as_json(findings: Iterable[Finding]) -> str:
    """One object a finding: file, line, severity, message, fix."""
    return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1)


def as_text(findings: list[Finding], gaps: bool = False) -> str:
    """Findings grouped by file, each with its line and fix; gaps only when they are asked for."""
    shown = [finding for finding in findings if gaps or finding.severity != "gap"]
    lines: list[str] = []
    for file, group in groupby(shown, key=lambda finding: finding.file):
        lines.append(file)
        for finding in group:
            lines.append(f"  {finding.line:>5}  {finding.severity:<8} {finding.message}")
            if finding.severity != "gap":
                lines.append(f"  {'':>5}  {'':<8} → {finding.fix}")
        lines.append("")
    return "\n".join([*lines, summary(findings, gaps)])


def summary(findings: Iterable[Finding], gaps: bool = True) -> str:
    """One line with the counts."""
    counts = Counter(str(finding.severity) for finding in findings)
    asked = "" if gaps or not counts["gap"] else " (list them with --gaps)"
    return f"{_count(counts['error'], 'error')}, {_count(counts['warning'], 'warning')}, {_count(counts['gap'], 'gap')}{asked}."


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
