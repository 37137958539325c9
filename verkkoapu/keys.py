"""Every Redis key of the service: name, type, what it holds, how long it lives.

All keys of one conversation carry the same hash tag `{id}`, so that they stay together in a Redis Cluster.

| key | type | holds | personal text | lifetime |
|---|---|---|---|---|
| conversation:{id}:meta | hash | token digest, language, state, owner, epoch, municipality, page | no | retention |
| conversation:{id}:messages | stream | every message and state change: the single record | yes, masked | retention |
| conversation:{id}:sent | hash | client id → the resident's message id, then the ids of the answer | no | retention |
| conversation:{id}:turn | string | lock: one turn at a time | no | 30 s |
| doorbell | pub/sub channel | "something new in conversation id" | no | – |
| callbacks | sorted set | call-back ids by due time | no | until done |
| callback:{id} | hash | phone, topic, when, consent | yes | retention |
| feedback | stream | helped, rating, comment (masked) | yes, masked | trimmed |
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
