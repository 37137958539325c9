"""YAML with line numbers, so that a finding can point at the editor's line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from verkkoapu.findings import Finding

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _PlainDates(_Loader):  # type: ignore[misc, valid-type]
    """Reads dates as text: 2026-11-22 must come back as an editor wrote it."""


_PlainDates.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}


def parse_yaml(text: str, file: str, first_line: int = 1) -> tuple[Any, list[Finding]]:
    """Parse YAML text; a mistake becomes one finding with its line instead of an exception."""
    try:
        return yaml.load(text, Loader=_PlainDates), []  # noqa: S506 - a subclass of the safe loader
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        line = (mark.line if mark else 0) + first_line
        problem = getattr(exc, "problem", None) or str(exc)
        return None, [Finding(file, line, "error", f"This is not valid YAML: {problem}.",
                              "Check the indentation, and put quotes around a text that contains a colon.")]


def key_lines(text: str, first_line: int = 1) -> dict[str, int]:
    """The line of each top-level key of a YAML mapping."""
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), first_line):
        if line and not line[0].isspace() and line[0] not in "#-}]\"'" and ":" in line:
            lines.setdefault(line.split(":", 1)[0].strip(), number)
    return lines


def list_item_lines(text: str, key: str = "id") -> dict[str, int]:
    """The line of each `- id: value` item of a YAML list."""
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip().removeprefix("- ").removeprefix("{").strip()
        if stripped.startswith(f"{key}:"):
            value = stripped.split(":", 1)[1].split(",", 1)[0].strip().strip("\"'}")
            lines.setdefault(value, number)
    return lines


def read_text(path: Path) -> str:
    """The file as text; UTF-8 with or without a byte order mark, as Windows editors save it."""
    return path.read_text(encoding="utf-8-sig")
