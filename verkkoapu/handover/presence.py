"""Who of the counsellors is here: presence, capacity, when they were last heard of, what they hold."""

from __future__ import annotations

import time

import redis

from verkkoapu.errors import AtCapacity
from verkkoapu.handover.accounts import Account, Accounts
from verkkoapu.handover.availability import OnDuty, Presence
from verkkoapu.handover.redisio import now_ms, script, translating
from verkkoapu.keys import Keys

STATUSES = ("available", "away")


class PresenceStore:
    """A counsellor is here while something was heard of them within the lease; every process sees the same."""

    def __init__(self, client: redis.Redis, keys: Keys, accounts: Accounts, lease_seconds: int) -> None:
        self.redis = client
        self.keys = keys
        self.accounts = accounts
        self.lease_ms = lease_seconds * 1000
        self._touch = script(client, "touch")
        self._reserve = script(client, "reserve")
        self._touched: dict[str, float] = {}

    def touch(self, counsellor_id: str, *, now: bool = False) -> None:
        """The counsellor's connection lives. Written at most ten times a lease."""
        last = self._touched.get(counsellor_id, 0.0)
        if not now and time.monotonic() - last < self.lease_ms / 10_000:
            return
        with translating("touch"):
            self._touch(keys=[self.keys.present], args=[counsellor_id])
        self._touched[counsellor_id] = time.monotonic()

    def set(self, counsellor_id: str, status: str, capacity: int | None = None) -> None:
        """Available or away; and how many conversations at once."""
        values: dict[str, str] = {"status": status}
        if capacity is not None:
            values["capacity"] = str(capacity)
        with translating("presence"):
            self.redis.hset(self.keys.desk(counsellor_id), mapping=values)
        self.touch(counsellor_id, now=True)
        self.ring()

    def leave(self, counsellor_id: str) -> None:
        """Logged out: no longer here."""
        with translating("presence"):
            self.redis.hset(self.keys.desk(counsellor_id), "status", "away")
            self.redis.zrem(self.keys.present, counsellor_id)
        self._touched.pop(counsellor_id, None)
        self.ring()

    def ring(self) -> None:
        """Wake the consoles: somebody came, went, or changed."""
        with translating("presence"):
            self.redis.publish(self.keys.doorbell, "team changed")

    def last_heard(self, counsellor_ids: list[str]) -> dict[str, int]:
        """When each was last heard of, in milliseconds; 0 for never."""
        if not counsellor_ids:
            return {}
        with translating("presence"):
            scores = self.redis.zmscore(self.keys.present, counsellor_ids)
        return {name: int(score or 0) for name, score in zip(counsellor_ids, scores, strict=True)}

    def here(self) -> list[tuple[Account, OnDuty]]:
        """Everybody who was heard of within the lease, by name."""
        with translating("presence"):
            ids = self.redis.zrangebyscore(self.keys.present, now_ms(self.redis) - self.lease_ms, "+inf")
        return self._desks(self.accounts.many(sorted(ids)))

    def on_duty(self, account: Account) -> OnDuty:
        """One counsellor's presence, whether connected or not."""
        return self._desks({account.id: account})[0][1]

    def snapshot(self, languages: list[str]) -> Presence:
        """What availability() needs: who is here, and how many wait in each language."""
        counsellors = tuple(on_duty for account, on_duty in self.here() if account.may("serve"))
        with translating("presence"):
            pipe = self.redis.pipeline(transaction=False)
            for language in languages:
                pipe.zcard(self.keys.queue(language))
            waiting = dict(zip(languages, pipe.execute(), strict=True))
        return Presence(counsellors, waiting)

    def reserve(self, counsellor_id: str, conversation_id: str, capacity: int) -> bool:
        """Take a place within the capacity before a claim; False when it was taken before. Raises AtCapacity."""
        with translating("reserve"):
            taken = int(self._reserve(keys=[self.keys.holding(counsellor_id)], args=[conversation_id, capacity]))
        if taken == 0:
            raise AtCapacity(counsellor_id)
        return taken == 1

    def hold(self, counsellor_id: str, conversation_id: str) -> None:
        with translating("hold"):
            self.redis.sadd(self.keys.holding(counsellor_id), conversation_id)

    def free(self, counsellor_id: str, conversation_id: str) -> None:
        with translating("free"):
            self.redis.srem(self.keys.holding(counsellor_id), conversation_id)

    def held(self, counsellor_id: str) -> list[str]:
        """Ids in the counsellor's index; the meta hash of each says whether it is still so."""
        with translating("held"):
            return sorted(self.redis.smembers(self.keys.holding(counsellor_id)))

    def _desks(self, accounts: dict[str, Account]) -> list[tuple[Account, OnDuty]]:
        with translating("presence"):
            pipe = self.redis.pipeline(transaction=False)
            for name in accounts:
                pipe.hgetall(self.keys.desk(name))
                pipe.scard(self.keys.holding(name))
            found = pipe.execute() if accounts else []
        desks = []
        for number, account in enumerate(accounts.values()):
            desk, holding = found[2 * number], int(found[2 * number + 1])
            desks.append((account, OnDuty(account.id, account.languages, account.skills, desk.get("status", "away"),
                                          int(desk.get("capacity") or account.capacity), holding)))
        return desks
