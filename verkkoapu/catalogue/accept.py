"""Carrying out an editor's decision: `accept` writes the catalogue's values into content/contacts/, `hold` keeps ours.

Only the lines of the fields that change are touched; every other line of the file stays as it was, byte by byte. What
was written is read again before it takes the old file's place: a mistake changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import yaml

from verkkoapu.catalogue.changes import Change
from verkkoapu.catalogue.errors import DecisionError
from verkkoapu.catalogue.store import write_atomically
from verkkoapu.content.contactfile import parse_contacts
from verkkoapu.content.model import Contact, Content
from verkkoapu.content.yamlfile import read_text
from verkkoapu.findings import Finding

#: A new field is put after the first of these that the entry has.
AFTER = {
    "phone": ("names", "kind", "id"), "charge": ("phone",), "hours": ("languages", "charge", "phone"),
    "address": ("for", "municipalities", "hours_note", "hours"), "url": ("address", "for", "municipalities", "hours"),
    "checked_on": ("confidence", "url", "address", "for", "municipalities"),
}


def safety_contacts(content: Content) -> frozenset[str]:
    """Contacts that a life may depend on: those of topics about safety, and those shown when all else fails."""
    found = set(content.static_contacts) | set(content.crisis_contacts.values())
    for text in content.texts.values():
        topic = content.topics.get(text.topic)
        if topic is not None and topic.safety:
            found.update(text.contacts)
    return frozenset(found)


def write_contact(content_dir: Path, contact: Contact, found: list[Change], today: date) -> None:
    """Put the changes and today's date of checking into the contact's entry. Raises DecisionError when it cannot."""
    values = {change.field: change.theirs for change in found}
    path = content_dir / contact.file
    old = read_text(path)
    new = edited(old, contact.id, {**values, "checked_on": today.isoformat()})
    problems: list[Finding] = []
    before: list[Finding] = []
    written = {c.id: c for c in parse_contacts(new, contact.file, problems)}.get(contact.id)
    known = {c.id for c in parse_contacts(old, contact.file, before)}
    worse = [p for p in problems if p.severity == "error" and p.message not in {b.message for b in before}]
    if written is None or worse or any(getattr(written, field) != value for field, value in values.items()):
        raise DecisionError("error.cannot_write", contact=contact.id, file=contact.file,
                            reason=str(worse[0]) if worse else "")
    if {c.id for c in parse_contacts(new, contact.file, [])} != known:
        raise DecisionError("error.cannot_write", contact=contact.id, file=contact.file, reason="")
    # The byte order mark of a file saved on Windows stays.
    mark = "\ufeff" if path.read_bytes().startswith(b"\xef\xbb\xbf") else ""
    write_atomically(path, mark + new, sync=True)


def edited(text: str, contact: str, values: Mapping[str, str]) -> str:
    """The file's text with the fields of one entry replaced or added."""
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines()
    first, last, indent = _block(lines, contact)
    block = lines[first:last]
    for field, value in values.items():
        line = f"{indent}{field}: {_scalar(value)}"
        place = _field(block, field, indent)
        if place is not None:
            start, end = place
            remark = _remark(block[start])
            block[start:end] = [line + (f"  {remark}" if remark else "")]
            continue
        after = next((found for name in AFTER[field] if (found := _field(block, name, indent)) is not None), None)
        block.insert(after[1] if after else len(block), line)
    return ending.join([*lines[:first], *block, *lines[last:]]) + (ending if text.endswith(("\n", "\r")) else "")


def _block(lines: list[str], contact: str) -> tuple[int, int, str]:
    """First line, line after the last one, and indentation of the fields of one `- id: …` entry."""
    for first, line in enumerate(lines):
        stripped = line.lstrip()
        if not stripped.startswith("- id:") or yaml.safe_load(stripped[5:].split(" #")[0]) != contact:
            continue
        dash = len(line) - len(stripped)
        last = first + 1
        while last < len(lines) and not (lines[last].strip() and len(lines[last]) - len(lines[last].lstrip()) <= dash):
            last += 1
        while not lines[last - 1].strip():
            last -= 1  # blank lines and remarks between entries belong to the next one
        return first, last, " " * (dash + 2)
    raise DecisionError("error.cannot_write", contact=contact, file="", reason="id")


def _field(block: list[str], field: str, indent: str) -> tuple[int, int] | None:
    """First line and line after the last one of a field, its nested lines included."""
    for number, line in enumerate(block):
        if line.startswith(f"{indent}{field}:") or (number == 0 and line.lstrip().startswith(f"- {field}:")):
            end = number + 1
            while end < len(block) and (len(block[end]) - len(block[end].lstrip()) > len(indent) or not block[end].strip()):
                end += 1
            return number, end
    return None


def _remark(line: str) -> str:
    """The remark at a line's end, kept beside the new value."""
    value = line.split(":", 1)[1]
    quoted = value.strip()[:1] in ("'", '"')
    rest = value.strip()[1:].split(value.strip()[0], 1)[-1] if quoted else value
    return "#" + rest.split(" #", 1)[1] if " #" in rest else ""


def _scalar(value: str) -> str:
    """A value as editors write it: a date bare, everything else in double quotes."""
    if len(value) == 10 and value[4] == value[7] == "-" and value.replace("-", "").isdigit():
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
