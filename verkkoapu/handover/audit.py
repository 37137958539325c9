"""The audit log: who read and did what, when. Entries are only ever added; no route and no method changes one."""

from __future__ import annotations

from typing import Any

import redis

from verkkoapu.clock import Clock, iso
from verkkoapu.handover.redisio import translating
from verkkoapu.keys import Keys


class AuditLog:
    """Writes before the answer goes out: what could not be written down is not shown and not done."""

    def __init__(self, client: redis.Redis, keys: Keys, clock: Clock) -> None:
        self.redis = client
        self.keys = keys
        self.clock = clock

    def write(self, who: str, what: str, conversation_id: str = "", detail: str = "") -> None:
        """Add one entry. Names and ids only, never what was said."""
        entry = {"at": iso(self.clock.now()), "who": who, "what": what, "conversation": conversation_id, "detail": detail[:200]}
        with translating("audit"):
            self.redis.xadd(self.keys.audit, entry)

    def newest(self, count: int = 200, before: str = "+") -> list[dict[str, Any]]:
        """The newest entries first, for managers."""
        with translating("audit"):
            rows = self.redis.xrevrange(self.keys.audit, max=before if before == "+" else f"({before}", count=count)
        return [{"id": entry_id, **fields} for entry_id, fields in rows]
