"""Every Redis key of the service: name, type, what it holds, how long it lives.

All keys of one conversation carry the same hash tag `{id}`, so that they stay together in a Redis Cluster.

| key | type | holds | personal text | lifetime |
|---|---|---|---|---|
| conversation:{id}:meta | hash | token digest, language, state, owner, epoch, municipality, page; of a handover: queue_language, area, topic, queued_at, alarm, seen, … | no | retention |
| conversation:{id}:messages | stream | every message and state change: the single record | yes, masked | retention |
| conversation:{id}:sent | hash | client id → the resident's message id, then the ids of the answer | no | retention |
| conversation:{id}:turn | string | lock: one turn at a time | no | 30 s |
| doorbell | pub/sub channel | "something new in conversation id" | no | – |
| callbacks | sorted set | call-back ids by due time | no | until done |
| callback:{id} | hash | phone, topic, when, consent | yes | retention |
| feedback | stream | helped, rating, comment (masked) | yes, masked | trimmed |
| handovers | sorted set | conversations that wait or are with a counsellor, by when they came: what the reaper walks | no | until settled |
| queue:{language} | sorted set | conversations waiting in a language, first in line first: an index, the meta hash is the truth | no | until claimed |
| waits:{language} | sorted set | how long the last ones waited, by when they were met | no | 2 h |
| counsellors | hash | user name → account: name, languages, skills, role, Argon2 hash | staff | until removed |
| counsellor:{id}:desk | hash | presence and capacity | no | – |
| counsellor:{id}:holding | set | conversations a counsellor holds or is about to: an index for the capacity | no | – |
| present | sorted set | counsellors by when they were last heard of | no | – |
| session:{digest} | hash | a log-in: counsellor, CSRF token, when it began | no | idle time |
| login-failures:{name} | string | failed log-ins in a row | no | lock time |
| audit | stream | who read and did what: written, never changed | no | kept |
| reaper | string | lock: one process looks for lapsed leases at a time | no | seconds |
"""

from __future__ import annotations


class Keys:
    """Builds key names under one prefix; tests use a prefix of their own."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def conversation(self, conversation_id: str, part: str) -> str:
        return f"{self.prefix}:conversation:{{{conversation_id}}}:{part}"

    def meta(self, conversation_id: str) -> str:
        return self.conversation(conversation_id, "meta")

    def messages(self, conversation_id: str) -> str:
        return self.conversation(conversation_id, "messages")

    def sent(self, conversation_id: str) -> str:
        return self.conversation(conversation_id, "sent")

    def turn(self, conversation_id: str) -> str:
        return self.conversation(conversation_id, "turn")

    @property
    def doorbell(self) -> str:
        return f"{self.prefix}:doorbell"

    @property
    def callbacks(self) -> str:
        return f"{self.prefix}:callbacks"

    def callback(self, callback_id: str) -> str:
        return f"{self.prefix}:callback:{{{callback_id}}}"

    @property
    def feedback(self) -> str:
        return f"{self.prefix}:feedback"

    @property
    def handovers(self) -> str:
        return f"{self.prefix}:handovers"

    def queue(self, language: str) -> str:
        return f"{self.prefix}:queue:{language}"

    def waits(self, language: str) -> str:
        return f"{self.prefix}:waits:{language}"

    @property
    def counsellors(self) -> str:
        return f"{self.prefix}:counsellors"

    def desk(self, counsellor_id: str) -> str:
        return f"{self.prefix}:counsellor:{{{counsellor_id}}}:desk"

    def holding(self, counsellor_id: str) -> str:
        return f"{self.prefix}:counsellor:{{{counsellor_id}}}:holding"

    @property
    def present(self) -> str:
        return f"{self.prefix}:present"

    def session(self, digest: str) -> str:
        return f"{self.prefix}:session:{digest}"

    def login_failures(self, name: str) -> str:
        return f"{self.prefix}:login-failures:{name}"

    @property
    def audit(self) -> str:
        return f"{self.prefix}:audit"

    @property
    def reaper(self) -> str:
        return f"{self.prefix}:reaper"
