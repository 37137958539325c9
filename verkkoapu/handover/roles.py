"""What each role may do."""

from __future__ import annotations

#: serve: the queue, conversations and call-backs. read_all: conversations that somebody else holds.
#: ready_answers: search in content. team: who is here. audit: the audit log.
ROLES: dict[str, frozenset[str]] = {
    "counsellor": frozenset({"serve", "ready_answers", "team"}),
    "editor": frozenset({"ready_answers"}),
    "manager": frozenset({"serve", "ready_answers", "team", "read_all", "audit"}),
}
