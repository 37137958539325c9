"""What editors decided: which catalogue entry a contact is, and which of its changes they hold back.

One file, content/catalogue/decisions.yaml, kept in the project's history like all content. `entry: null` says that
the contact is not in the catalogue, so that nobody is asked again. `held` keeps the catalogue's value that an editor
refused: the same value is not proposed again, a new one is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from verkkoapu.catalogue.errors import DecisionError
from verkkoapu.catalogue.store import write_atomically
from verkkoapu.content.yamlfile import parse_yaml, read_text

FILE = Path("catalogue") / "decisions.yaml"


@dataclass
class Decision:
    contact: str
    entry: str | None
    decided_on: str
    held: dict[str, str] = field(default_factory=dict)


class Decisions:
    """The decisions of one content folder, by contact."""

    def __init__(self, content_dir: Path) -> None:
        self.path = content_dir / FILE
        self._head = ""
        self.by_contact: dict[str, Decision] = {}
        if self.path.exists():
            self._read()

    def decide(self, contact: str, entry: str | None, today: date) -> Decision:
        """Note which entry a contact is; held values of another entry no longer mean anything."""
        old = self.by_contact.get(contact)
        held = old.held if old is not None and old.entry == entry else {}
        decision = self.by_contact[contact] = Decision(contact, entry, today.isoformat(), held)
        return decision

    def hold(self, contact: str, values: Mapping[str, str]) -> None:
        """Hold back these values of the catalogue for this contact."""
        self.by_contact[contact].held = dict(values)

    def save(self) -> None:
        """Write the file, with the remark at its head as it was."""
        lines = []
        for decision in sorted(self.by_contact.values(), key=lambda d: d.contact):
            item: dict[str, Any] = {"contact": decision.contact, "entry": decision.entry, "decided_on": decision.decided_on}
            if decision.held:
                item["held"] = dict(sorted(decision.held.items()))
            lines.append(yaml.safe_dump([item], allow_unicode=True, sort_keys=False, width=110))
        body = "decisions:\n" + "".join(lines) if lines else "decisions: []\n"
        write_atomically(self.path, self._head + body, sync=True)

    def _read(self) -> None:
        content = read_text(self.path)
        head = []
        for line in content.splitlines(keepends=True):
            if line.strip() and not line.startswith("#"):
                break
            head.append(line)
        self._head = "".join(head)
        data, problems = parse_yaml(content, str(FILE))
        listed = data.get("decisions") if isinstance(data, Mapping) else None
        if problems or not isinstance(listed, list):
            raise DecisionError("error.decisions_unreadable", file=FILE, reason=problems[0].message if problems else "")
        for item in listed:
            if not isinstance(item, Mapping) or not isinstance(item.get("contact"), str):
                raise DecisionError("error.decisions_unreadable", file=FILE, reason=str(item)[:80])
            held = item.get("held")
            self.by_contact[item["contact"]] = Decision(
                item["contact"], item.get("entry"), str(item.get("decided_on") or ""),
                {str(k): str(v) for k, v in held.items()} if isinstance(held, Mapping) else {},
            )
