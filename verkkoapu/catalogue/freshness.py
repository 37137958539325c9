"""Whether our contacts are still in the catalogue: a contact not seen there for 30 days is a finding."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from verkkoapu.catalogue.decisions import Decisions
from verkkoapu.catalogue.store import State
from verkkoapu.catalogue.texts import say
from verkkoapu.content.model import Contact
from verkkoapu.findings import Finding

UNSEEN_AFTER = timedelta(days=30)


def findings(contacts: Mapping[str, Contact], decisions: Decisions, state: State, now: datetime,
             language: str = "en") -> list[Finding]:
    """One finding for each decided contact whose entry was not seen for 30 days, or that no longer exists."""
    found = []
    for decision in decisions.by_contact.values():
        contact = contacts.get(decision.contact)
        if contact is None:
            found.append(Finding("catalogue/decisions.yaml", 1, "warning",
                                 say("problem.contact_gone", language, contact=decision.contact),
                                 say("fix.contact_gone", language)))
            continue
        if decision.entry is None:
            continue
        seen = state.seen(decision.entry)
        days = (now - datetime.fromisoformat(seen)).days if seen else None
        if days is None or now - datetime.fromisoformat(seen or "") > UNSEEN_AFTER:
            key = "unseen" if days is not None else "never_seen"
            found.append(Finding(contact.file, contact.line, "warning",
                                 say(f"problem.{key}", language, contact=contact.id, entry=decision.entry, days=days or 0),
                                 say(f"fix.{key}", language)))
    return sorted(found)
