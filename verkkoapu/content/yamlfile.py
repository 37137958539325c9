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
        return None, [Finding(file, line, "error", f"This is not valid YAML: {problem}.", _yaml_fix(text, line - first_line, str(problem)))]


def _yaml_fix(text: str, index: int, problem: str) -> str:
    """What to do about the mistakes that editors make most."""
    lines = text.splitlines()
    written = lines[index] if 0 <= index < len(lines) else ""
    if "\t" in written[:len(written) - len(written.lstrip())] or "\\t" in problem:
        return "Replace the tab at the beginning of the line with spaces."
    if "mapping values" in problem:
        return "Put quotes around the text: it contains a colon."
    return "Check the indentation, and put quotes around a text that contains a colon."


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


def compose_yaml(text: str) -> yaml.Node | None:
    """The nodes of a YAML text with the places where they stand; None for text that is no YAML."""
    try:
        return yaml.compose(text, Loader=_PlainDates)
    except yaml.YAMLError:
        return None


def nested_lines(text: str, first_line: int = 1) -> dict[tuple[str | int, ...], tuple[int, int]]:
    """First and last line of every value, by its path: ("followups", 0, "answer"). Empty for text that is no YAML."""
    node = compose_yaml(text)
    found: dict[tuple[str | int, ...], tuple[int, int]] = {}
    if node is not None:
        _walk(node, (), first_line, found)
    return found


def _walk(node: yaml.Node, path: tuple[str | int, ...], first_line: int, found: dict[tuple[str | int, ...], tuple[int, int]]) -> None:
    first, end = node.start_mark.line + first_line, node.end_mark
    # A block ends where the next line begins: its last line is the one before.
    found[path] = (first, max(first, end.line + first_line - (end.column == 0)))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            _walk(value, (*path, str(key.value)), first_line, found)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            _walk(value, (*path, number), first_line, found)


def read_text(path: Path) -> str:
    """The file as text; UTF-8 with or without a byte order mark, as Windows editors save it."""
    return path.read_text(encoding="utf-8-sig")


def read_or_find(path: Path, file: str, findings: list[Finding]) -> str | None:
    """The file as text; None, and a finding with its line, when it is not UTF-8."""
    try:
        return read_text(path)
    except UnicodeDecodeError as exc:
        line = exc.object[:exc.start].count(b"\n") + 1
        findings.append(Finding(file, line, "error", "The file is not saved as UTF-8: its letters cannot be read.",
                                "Save it again in your editor with the encoding UTF-8."))
        return None
