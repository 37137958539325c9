"""The desk where conversations are handed to people: joining, queueing, claiming, passing on, closing.

The meta hash of a conversation is the truth, and change.lua is the only thing that changes its state. The queue, the
registry and what a counsellor holds are indexes in other slots of a cluster: an index is written before a change that
needs it and removed after one that does not, and the reaper mends what a crash left between.
"""

from __future__ import annotations

import json
import math
import secrets
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from verkkoapu.clock import Clock, iso
from verkkoapu.content.model import Content
from verkkoapu.conversations import Conversation, ConversationStore
from verkkoapu.errors import (
    AlreadyClaimed,
    ConversationClosed,
    ConversationNotFound,
    CounsellorNotAvailable,
    NotWaiting,
    NotYours,
)
from verkkoapu.handover import texts
from verkkoapu.handover.accounts import Account
from verkkoapu.handover.availability import Availability, availability
from verkkoapu.handover.presence import PresenceStore
from verkkoapu.handover.redisio import now_ms, script, translating
from verkkoapu.handover.states import BOT_STATES, CHANGES, CLOSED, LIVE, QUEUED

#: A wait estimate needs this many real waits of the last hours; below that nothing is said.
MIN_WAITS = 5
WAITS_MS = 2 * 3600 * 1000
#: Order in the queue: danger first, then those who lost a counsellor, then the longest waiting.
_BAND = 10**13


@dataclass(frozen=True)
class Changed:
    """What change.lua answered."""

    status: str
    state: str
    owner: str
    epoch: int
    now: int
    queued_at: int
    entry_id: str


@dataclass(frozen=True)
class Waiting:
    """Where a resident stands: the place in the language's queue, and an estimate where there is a basis for one."""

    position: int
    estimate_minutes: int | None = None
    entry_id: str = ""


class HandoverDesk:
    """Every change of a conversation's hands. Raises StateUnavailable when Redis does not answer."""

    def __init__(self, store: ConversationStore, presence: PresenceStore, content: Callable[[], Content], clock: Clock,
                 retention_seconds: int) -> None:
        self.store = store
        self.presence = presence
        self.content = content
        self.clock = clock
        self.redis = store.redis
        self.keys = store.keys
        self.retention_seconds = retention_seconds
        self._script = script(store.redis, "change")

    # --- the resident ----------------------------------------------------------------------------

    def availability(self, language: str, area: str | None) -> Availability:
        """Whether somebody can be had now: the one function, with who is here."""
        content = self.content()
        return availability(content, language, area, self.presence.snapshot(list(content.languages)), self.clock.now())

    def area_of(self, topic: str | None) -> str | None:
        """The field of a topic; None for one that says nothing of it."""
        found = self.content().topics.get(topic or "")
        return found.area if found is not None and found.id != texts.NO_TOPIC else None

    def offer(self, conversation: Conversation, topic: str | None, *, once: str = "") -> dict[str, Any] | None:
        """Offer a counsellor, with what they will see; or say why there is none. None when a person has the conversation by now."""
        content, language = self.content(), conversation.language
        topic = None if topic == texts.NO_TOPIC else topic
        found = self.availability(language, self.area_of(topic))
        if not found.open:
            entry = texts.closed(content, language, found, self.clock.now())
            try:
                return self.store.append(conversation.id, entry, only_in_states=BOT_STATES, epoch=conversation.epoch, client_id=once)[0]
            except ConversationClosed:
                return None
        entry = texts.consent(content, language, topic, language, self.clock.now())
        changed = self._change("offer", conversation, entries=[entry], epoch=conversation.epoch, once=once, fields={"topic": topic or ""})
        return self.store.entry(conversation.id, changed.entry_id) if changed.status == "ok" else None

    def decline(self, conversation: Conversation, *, once: str = "") -> dict[str, Any] | None:
        """The resident goes on with the bot instead; None when there is no offer (any more)."""
        entry = texts.notice(self.content(), conversation.language, "declined", "declined")
        changed = self._change("decline", conversation, entries=[entry], once=once)
        return self.store.entry(conversation.id, changed.entry_id) if changed.status == "ok" else None

    def join(self, conversation: Conversation, *, language: str | None = None, topic: str | None = None, any_area: bool = False,
             once: str = "") -> Waiting | Availability:
        """Put the resident into the queue; or say why not. Asking again while waiting changes nothing."""
        if conversation.state == CLOSED:
            raise ConversationClosed(CLOSED)
        if conversation.state == QUEUED:
            return self.waiting(conversation)
        content = self.content()
        spoken = language or conversation.language
        topic = topic or conversation.topic
        topic = None if topic == texts.NO_TOPIC else topic
        area = None if any_area else self.area_of(topic)
        found = self.availability(spoken, area)
        if not found.open:
            return found
        # The index first: should the process die now, the reaper finds an entry too many, never a resident too few.
        score = self._score(now_ms(self.redis), False, conversation.alarm)
        self._into_queue(conversation.id, spoken, score)
        with translating("position"):
            position = (self.redis.zrank(self.keys.queue(spoken), conversation.id) or 0) + 1
        estimate = self.estimate_minutes(spoken)
        entry = texts.notice(content, conversation.language, "queued", "queued", kind="handover", choices=("leave", "callback"),
                             position=position)
        if estimate is not None:
            entry["text"] += " " + content.phrase("handover_estimate", conversation.language, minutes=estimate)
        changed = self._change("join", conversation, entries=[entry], once=once, retention=self.retention_seconds, fields={
            "queue_language": spoken, "area": area or "", "topic": topic or "", "queued_at": "@now", "returned": "0", "told_alone": "",
        })
        if changed.status != "ok":
            self._out_of_queue(conversation.id, spoken)
            if changed.state == CLOSED:
                raise ConversationClosed(CLOSED)
            if changed.state == QUEUED:
                return self.waiting(self.store.get(conversation.id))
            return Waiting(0)
        # Again, in case the reaper tidied the entry away before the change made it true.
        self._into_queue(conversation.id, spoken, self._score(changed.queued_at or changed.now, False, conversation.alarm))
        self._ring_queue(spoken)
        return Waiting(position, estimate, changed.entry_id)

    def leave(self, conversation: Conversation, *, once: str = "") -> dict[str, Any] | None:
        """The resident leaves the queue or the counsellor and goes on with the bot; None when there was nothing to leave."""
        entry = texts.notice(self.content(), conversation.language, "left", "left")
        changed = self._change("leave", conversation, entries=[entry], once=once)
        if changed.status != "ok":
            return None
        self._settle(conversation)
        return self.store.entry(conversation.id, changed.entry_id)

    def waiting(self, conversation: Conversation) -> Waiting:
        """The place in the queue now. A conversation that waits but stands in no queue is put back where it belongs."""
        language = conversation.queue_language or conversation.language
        with translating("position"):
            rank = self.redis.zrank(self.keys.queue(language), conversation.id)
            if rank is None:
                self._into_queue(conversation.id, language, self._score(conversation.queued_at, conversation.returned, conversation.alarm))
                rank = self.redis.zrank(self.keys.queue(language), conversation.id)
        return Waiting((rank or 0) + 1, self.estimate_minutes(language))

    def estimate_minutes(self, language: str) -> int | None:
        """The median of the real waits of the last hours, in whole minutes, upwards; None below MIN_WAITS of them."""
        with translating("estimate"):
            members = self.redis.zrangebyscore(self.keys.waits(language), now_ms(self.redis) - WAITS_MS, "+inf")
        if len(members) < MIN_WAITS:
            return None
        return max(1, math.ceil(statistics.median(int(member.rsplit(":", 1)[1]) for member in members) / 60_000))

    def alarm(self, conversation: Conversation, topic: str, message_id: str) -> None:
        """A sentence meant danger: tell the counsellors, and put a waiting conversation on top."""
        self.store.append(conversation.id, texts.inner("alarm", alarm=topic, about=message_id), client_id=f"alarm:{message_id}")
        self.store.change(conversation.id, alarm=topic)
        if conversation.state == QUEUED:
            language = conversation.queue_language or conversation.language
            self._into_queue(conversation.id, language, self._score(conversation.queued_at, conversation.returned, topic))
            self._ring_queue(language)

    def mark(self, conversation: Conversation, *, delivered: str = "", seen: str = "") -> None:
        """How far the resident's window has shown the conversation; told to the counsellor, never moved back."""
        fields = {}
        if delivered and _number(delivered) > _number(conversation.delivered):
            fields["delivered"] = delivered
        if seen and _number(seen) > _number(conversation.seen):
            fields["seen"] = seen
        if fields:
            self.store.change(conversation.id, **fields)
            self.store.ring(conversation.id, "seen")

    def forget(self, conversation: Conversation) -> None:
        """A conversation was erased: take it out of every index, so that the consoles see it go."""
        self._settle(conversation)

    # --- the counsellor --------------------------------------------------------------------------

    def claim(self, account: Account, conversation_id: str, *, once: str = "") -> Conversation:
        """Take a waiting conversation. Of many who try at once exactly one gets it; the others get AlreadyClaimed."""
        conversation = self.store.get(conversation_id)
        if conversation.state == LIVE and conversation.owner == account.id:
            return conversation
        if conversation.state == LIVE:
            raise AlreadyClaimed(conversation_id)
        if conversation.state != QUEUED:
            raise NotWaiting(conversation_id)
        reserved = self.presence.reserve(account.id, conversation_id, self.presence.on_duty(account).capacity)
        entry = texts.notice(self.content(), conversation.language, "joined", "joined", kind="handover", name=account.name)
        entry["counsellor"] = {"name": account.name}
        entry["by"] = account.id
        changed = self._change("claim", conversation, entries=[entry], owner_after=account.id, once=once,
                               fields={"claimed_at": "@now", "returned": "0", "owner_name": account.name})
        if changed.status != "ok":
            if reserved and changed.owner != account.id:
                self.presence.free(account.id, conversation_id)
            if changed.status == "missing":
                raise ConversationNotFound(conversation_id)
            raise AlreadyClaimed(conversation_id) if changed.state == LIVE else NotWaiting(conversation_id)
        self.presence.hold(account.id, conversation_id)
        language = conversation.queue_language or conversation.language
        self._out_of_queue(conversation_id, language)
        self._note_wait(conversation_id, language, changed)
        self._ring_queue(language)
        return self.store.get(conversation_id)

    def say(self, account: Account, conversation_id: str, client_id: str, text: str, epoch: int | None = None) -> dict[str, Any]:
        """Send a counsellor's message. Written only while this counsellor holds the conversation; the same client id once."""
        conversation = self.store.get(conversation_id)
        entry: dict[str, Any] = {"from": "counsellor", "lang": conversation.queue_language or conversation.language, "kind": "text", "text": text,
                 "topic": None, "contacts": [], "links": [], "choices": [], "masked": [], "counsellor": {"name": account.name},
                 "by": account.id, "client_id": client_id}
        try:
            return self.store.append(conversation_id, entry, client_id=f"c:{account.id}:{client_id}", only_in_states=(LIVE,),
                                     owner=account.id, epoch=conversation.epoch if epoch is None else epoch)[0]
        except ConversationClosed as exc:
            raise NotYours(conversation_id) from exc

    def note(self, account: Account, conversation_id: str, text: str) -> dict[str, Any]:
        """A note for colleagues, which the resident never sees."""
        entry: dict[str, Any] = {"from": "counsellor", "kind": "text", "event": "note", "internal": True, "text": text, "by": account.id,
                 "counsellor": {"name": account.name}}
        try:
            return self.store.append(conversation_id, entry, only_in_states=(LIVE,), owner=account.id)[0]
        except ConversationClosed as exc:
            raise NotYours(conversation_id) from exc

    def release(self, account: Account, conversation_id: str) -> None:
        """Put a conversation back to the head of the queue."""
        self._back_to_queue("release", "released", self.store.get(conversation_id), account.id)

    def transfer(self, account: Account, conversation_id: str, to: Account, note: str) -> None:
        """Pass a conversation to a colleague who is here, available and has room."""
        conversation = self._own(account, conversation_id)
        there = self.presence.on_duty(to)
        connected = self.presence.last_heard([to.id])[to.id] >= now_ms(self.redis) - self.presence.lease_ms
        if to.id == account.id or not connected or there.status != "available" or not to.may("serve") or not to.active:
            raise CounsellorNotAvailable(to.id)
        reserved = self.presence.reserve(to.id, conversation_id, there.capacity)
        entry = texts.notice(self.content(), conversation.language, "transferred", "transferred", kind="handover", name=to.name)
        entry["counsellor"] = {"name": to.name}
        entry["by"] = account.id
        entries = [*self._note_entries(account, note), entry]
        changed = self._change("transfer", conversation, entries=entries, owner=account.id, epoch=conversation.epoch, owner_after=to.id,
                               fields={"owner_name": to.name})
        if changed.status != "ok":
            if reserved:
                self.presence.free(to.id, conversation_id)
            raise NotYours(conversation_id)
        self.presence.hold(to.id, conversation_id)
        self.presence.free(account.id, conversation_id)
        self._ring_counsellor(to.id)
        self._ring_counsellor(account.id)

    def transfer_to_queue(self, account: Account, conversation_id: str, language: str | None, area: str | None, note: str) -> None:
        """Pass a conversation to the queue of another language or field; it stands at the head there."""
        conversation = self._own(account, conversation_id)
        self._back_to_queue("transfer_to_queue", "transferred_queue", conversation, account.id,
                            language=language, area=area, entries=self._note_entries(account, note))

    def close(self, account: Account, conversation_id: str, reason: str, topic: str | None) -> None:
        """End a conversation, with why and what it was about. Asking again after a lost answer changes nothing."""
        conversation = self.store.get(conversation_id)
        if conversation.state == CLOSED and conversation.closed_by == account.id:
            return
        conversation = self._own(account, conversation_id)
        entry = texts.notice(self.content(), conversation.language, "ended", "closed", kind="handover")
        entry["by"] = account.id
        entries = [texts.inner("closing", reason=reason, about=topic, by=account.id), entry]
        changed = self._change("close", conversation, entries=entries, owner=account.id, epoch=conversation.epoch, owner_after="", fields={
            "closed_reason": reason, "closed_topic": topic or "", "closed_at": "@now", "closed_by": account.id,
        })
        if changed.status != "ok":
            raise NotYours(conversation_id)
        self._settle(conversation)

    def held(self, counsellor_id: str) -> list[Conversation]:
        """The conversations a counsellor holds, by the truth of each."""
        found = self.store.many(self.presence.held(counsellor_id))
        return [conversation for conversation in found.values() if conversation.state == LIVE and conversation.owner == counsellor_id]

    def queue(self) -> list[Conversation]:
        """Everybody who waits, in the order in which they should be met."""
        content = self.content()
        with translating("queue"):
            pipe = self.redis.pipeline(transaction=False)
            for language in content.languages:
                pipe.zrange(self.keys.queue(language), 0, -1, withscores=True)
            scored = [(score, name) for rows in pipe.execute() for name, score in rows]
        found = self.store.many([name for _score, name in sorted(scored)])
        return [conversation for conversation in found.values() if conversation.state == QUEUED]

    # --- what happens by itself ------------------------------------------------------------------

    def lapse(self, conversation: Conversation) -> bool:
        """The counsellor was gone too long: back to the head of the queue, and the resident is told. False when it was no longer so."""
        return self._back_to_queue("lapse", "lost", conversation, conversation.owner or "", strict=False)

    def expire(self, conversation: Conversation) -> bool:
        """The desk closed with nobody here: the resident is told and goes on with the bot."""
        content, language = self.content(), conversation.language
        entry = texts.notice(content, language, "expired", "expired", kind="handover", choices=("callback",))
        entry["contacts"] = texts.open_first(content, language, self.clock.now())
        changed = self._change("expire", conversation, entries=[entry], epoch=conversation.epoch)
        if changed.status == "ok":
            self._settle(conversation)
        return changed.status == "ok"

    def tell_alone(self, conversation: Conversation) -> None:
        """Nobody is here for a resident who waits: say so, once a stay in the queue."""
        content, language = self.content(), conversation.language
        entry = texts.notice(content, language, "nobody_left", "nobody_left", kind="handover", choices=("callback", "leave"))
        entry["contacts"] = texts.open_first(content, language, self.clock.now())
        self.store.append(conversation.id, entry, only_in_states=(QUEUED,), epoch=conversation.epoch,
                          client_id=f"alone:{conversation.id}:{conversation.epoch}")
        self.store.change(conversation.id, told_alone=str(conversation.epoch))

    def drop(self, conversation_id: str) -> None:
        """Take an id out of the registry and every queue: its conversation neither waits nor is with a person."""
        with translating("drop"):
            pipe = self.redis.pipeline(transaction=False)
            pipe.zrem(self.keys.handovers, conversation_id)
            for language in self.content().languages:
                pipe.zrem(self.keys.queue(language), conversation_id)
            pipe.execute()

    # --- helpers ---------------------------------------------------------------------------------

    def _own(self, account: Account, conversation_id: str) -> Conversation:
        conversation = self.store.get(conversation_id)
        if conversation.state != LIVE or conversation.owner != account.id:
            raise NotYours(conversation_id)
        return conversation

    def _note_entries(self, account: Account, note: str) -> list[dict[str, Any]]:
        if not note:
            return []
        return [{"from": "counsellor", "kind": "text", "event": "note", "internal": True, "text": note, "by": account.id,
                 "counsellor": {"name": account.name}}]

    def _back_to_queue(self, name: str, said: str, conversation: Conversation, owner: str, *, language: str | None = None,
                       area: str | None = None, entries: Sequence[dict[str, Any]] = (), strict: bool = True) -> bool:
        spoken = language or conversation.queue_language or conversation.language
        entry = texts.notice(self.content(), conversation.language, said, said, kind="handover", choices=("leave", "callback"))
        entry["by"] = owner
        if conversation.state == LIVE:
            self._into_queue(conversation.id, spoken, self._score(now_ms(self.redis), True, conversation.alarm))
        fields = {"queued_at": "@now", "returned": "1", "queue_language": spoken, "told_alone": ""}
        if name == "transfer_to_queue":
            fields["area"] = area or ""
        changed = self._change(name, conversation, entries=[*entries, entry], owner=owner, epoch=conversation.epoch, fields=fields)
        if changed.status != "ok":
            if changed.state != QUEUED:
                self._out_of_queue(conversation.id, spoken)
            if strict:
                raise ConversationNotFound(conversation.id) if changed.status == "missing" else NotYours(conversation.id)
            return False
        self._into_queue(conversation.id, spoken, self._score(changed.now, True, conversation.alarm))
        self.presence.free(owner, conversation.id)
        self._ring_queue(spoken)
        return True

    def _settle(self, conversation: Conversation) -> None:
        """Out of every index."""
        language = conversation.queue_language or conversation.language
        self._out_of_queue(conversation.id, language)
        with translating("settle"):
            self.redis.zrem(self.keys.handovers, conversation.id)
        if conversation.owner:
            self.presence.free(conversation.owner, conversation.id)
            self._ring_counsellor(conversation.owner)
        self._ring_queue(language)

    def _change(self, name: str, conversation: Conversation, *, entries: Sequence[dict[str, Any]] = (), owner: str = "",
                epoch: int | None = None, owner_after: str = "", fields: dict[str, str] | None = None, once: str = "",
                retention: int | None = None) -> Changed:
        change = CHANGES[name]
        at = iso(self.clock.now())
        keys = [self.keys.meta(conversation.id), self.keys.messages(conversation.id), self.keys.sent(conversation.id)]
        with translating(name):
            status, state, holder, now_epoch, now, queued_at, entry_id = self._script(keys=keys, args=[
                once or secrets.token_urlsafe(9), ",".join(change.before), change.after, owner, "" if epoch is None else str(epoch),
                "1" if change.raises_epoch else "", owner_after, json.dumps(fields or {}),
                json.dumps([json.dumps({"at": at, **entry}, ensure_ascii=False) for entry in entries]),
                "" if retention is None else str(retention), self.keys.doorbell, f"{conversation.id} {name}",
            ])
        return Changed(status, state, holder, int(now_epoch or 0), int(now), int(queued_at or 0), entry_id)

    @staticmethod
    def _score(queued_at: int, returned: bool, alarm: str | None) -> int:
        band = 0 if alarm else 1 if returned else 2
        return band * _BAND + queued_at

    def _into_queue(self, conversation_id: str, language: str, score: int) -> None:
        with translating("queue"):
            pipe = self.redis.pipeline(transaction=False)
            pipe.zadd(self.keys.handovers, {conversation_id: now_ms(self.redis)}, nx=True)
            pipe.zadd(self.keys.queue(language), {conversation_id: score})
            for other in self.content().languages:
                if other != language:
                    pipe.zrem(self.keys.queue(other), conversation_id)
            pipe.execute()

    def _out_of_queue(self, conversation_id: str, language: str) -> None:
        with translating("queue"):
            self.redis.zrem(self.keys.queue(language), conversation_id)

    def _ring_queue(self, language: str) -> None:
        with translating("ring"):
            self.redis.publish(self.keys.doorbell, f"queue:{language} moved")

    def _ring_counsellor(self, counsellor_id: str) -> None:
        with translating("ring"):
            self.redis.publish(self.keys.doorbell, f"counsellor:{counsellor_id} changed")

    def _note_wait(self, conversation_id: str, language: str, changed: Changed) -> None:
        if not changed.queued_at:
            return
        key = self.keys.waits(language)
        with translating("wait"):
            pipe = self.redis.pipeline(transaction=False)
            pipe.zadd(key, {f"{conversation_id}:{changed.epoch}:{max(0, changed.now - changed.queued_at)}": changed.now})
            pipe.zremrangebyscore(key, "-inf", changed.now - WAITS_MS)
            pipe.expire(key, WAITS_MS // 1000)
            pipe.execute()




def _number(entry_id: str) -> tuple[int, int]:
    """A message id as something that can be compared."""
    time, _, serial = entry_id.partition("-")
    return int(time or 0), int(serial or 0)
