"""States, queue, claims, leases: on a real Redis, without the web."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.handover.conftest import make_parts
from verkkoapu.errors import AlreadyClaimed, AtCapacity, ConversationClosed, CounsellorNotAvailable, NotWaiting, NotYours
from verkkoapu.handover.availability import Availability
from verkkoapu.handover.states import CHANGES


def test_twenty_counsellors_claim_fifty_conversations_and_each_gets_one_owner(parts):
    counsellors = [parts.counsellor(f"neuvoja{number}") for number in range(20)]
    waiting = [parts.resident() for _ in range(50)]
    # Past the queue limit of one language: the limit has its own test.
    parts.desk.availability = lambda language, area: Availability(True)
    for conversation in waiting:
        parts.desk.join(conversation)
    start, won, refused = threading.Barrier(20), [], []

    def claim_all(account):
        start.wait()
        for conversation in random.sample(waiting, len(waiting)):
            try:
                parts.desk.claim(account, conversation.id)
                won.append((conversation.id, account.id))
            except AlreadyClaimed:
                refused.append(conversation.id)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(claim_all, counsellors))
    assert sorted(name for name, _account in won) == sorted(conversation.id for conversation in waiting)
    assert len(refused) == 19 * 50
    for name, owner in won:
        conversation = parts.store.get(name)
        assert (conversation.state, conversation.owner, conversation.epoch) == ("live", owner, 2)
        assert parts.events(name) == ["queued", "joined"]
    assert parts.desk.queue() == []
    held = {account.id: {conversation.id for conversation in parts.desk.held(account.id)} for account in counsellors}
    assert {(name, owner) for owner, names in held.items() for name in names} == set(won)


def test_two_claims_of_one_counsellor_at_once_do_not_pass_the_capacity(parts):
    account = parts.counsellor("aino", capacity=3)
    waiting = [parts.waiting() for _ in range(10)]

    def claim(conversation):
        try:
            return bool(parts.desk.claim(account, conversation.id))
        except AtCapacity:
            return False

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(claim, waiting)) == 3
    done = parts.desk.held("aino")[0].id
    parts.desk.close(account, done, "answered", None)
    # Claiming what one holds is no second claim, and one more fits again.
    assert sum(claim(conversation) for conversation in waiting if conversation.id != done) == 3


def test_only_the_owner_of_this_epoch_can_write(parts):
    aino, eero = parts.counsellor("aino"), parts.counsellor("eero")
    conversation = parts.waiting()
    with pytest.raises(NotYours):
        parts.desk.say(aino, conversation.id, "1", "too early")
    held = parts.desk.claim(aino, conversation.id)
    parts.desk.say(aino, conversation.id, "1", "hei")
    with pytest.raises(NotYours):
        parts.desk.say(eero, conversation.id, "2", "not mine")
    parts.desk.release(aino, conversation.id)
    with pytest.raises(NotYours):
        parts.desk.say(aino, conversation.id, "3", "no longer mine")
    again = parts.desk.claim(aino, conversation.id)
    assert again.epoch == held.epoch + 2
    with pytest.raises(NotYours):
        parts.desk.say(aino, conversation.id, "4", "written before I lost it", epoch=held.epoch)
    parts.desk.say(aino, conversation.id, "5", "now", epoch=again.epoch)
    said = [entry["text"] for entry in parts.store.read(conversation.id) if entry["from"] == "counsellor"]
    assert said == ["hei", "now"]


def test_the_same_client_id_is_written_once_also_after_the_conversation_is_gone(parts):
    aino = parts.counsellor("aino")
    conversation = parts.waiting()
    parts.desk.claim(aino, conversation.id)
    first = parts.desk.say(aino, conversation.id, "one", "hei")
    assert parts.desk.say(aino, conversation.id, "one", "hei")["id"] == first["id"]
    parts.desk.close(aino, conversation.id, "answered", None)
    assert parts.desk.say(aino, conversation.id, "one", "hei")["id"] == first["id"]
    assert sum(entry["text"] == "hei" for entry in parts.store.read(conversation.id)) == 1


@pytest.mark.parametrize("state", ["bot", "offered", "queued", "live", "closed"])
def test_a_change_happens_only_from_the_states_the_table_names(parts, state):
    for name, change in CHANGES.items():
        conversation = parts.resident(state=state)
        changed = parts.desk._change(name, conversation)
        assert (changed.status == "ok") is (state in change.before), (name, state)
        assert parts.store.get(conversation.id).state == (change.after if state in change.before else state)


def test_a_change_that_is_asked_for_twice_happens_once(parts):
    parts.counsellor("aino")
    conversation = parts.resident()
    first = parts.desk._change("join", conversation, once="same")
    second = parts.desk._change("join", conversation, once="same")
    assert (first.status, second.status, second.epoch) == ("ok", "ok", 1)


def test_a_bot_answer_that_was_on_its_way_is_refused_once_a_person_is_asked(parts):
    aino = parts.counsellor("aino")
    conversation = parts.resident()
    parts.desk.join(conversation)
    for state in ("queued", "live", "queued again", "bot again"):
        with pytest.raises(ConversationClosed):
            parts.store.append(conversation.id, {"from": "bot", "kind": "answer", "text": "late"}, only_in_states=("bot", "offered"),
                               epoch=conversation.epoch)
        now = parts.store.get(conversation.id)
        if state == "queued":
            parts.desk.claim(aino, conversation.id)
        elif state == "live":
            parts.desk.release(aino, conversation.id)
        else:
            parts.desk.leave(now)
    assert parts.store.get(conversation.id).state == "bot"
    assert not [entry for entry in parts.store.read(conversation.id) if entry["from"] == "bot"]


def test_a_lost_lease_returns_the_conversation_to_the_head_and_the_resident_is_told(short_lease):
    parts = short_lease
    aino = parts.counsellor("aino")
    parts.desk.availability = lambda language, area: Availability(True)
    taken = parts.waiting()
    others = [parts.waiting() for _ in range(3)]
    parts.presence.touch("aino", now=True)
    parts.desk.claim(aino, taken.id)
    assert parts.reaper.tick(force=True) == 0
    time.sleep(1.3)
    parts.counsellor("eero")
    assert parts.reaper.tick(force=True) == 1
    assert [conversation.id for conversation in parts.desk.queue()] == [taken.id, *(other.id for other in others)]
    assert parts.events(taken.id) == ["queued", "joined", "lost"]
    assert parts.desk.waiting(parts.store.get(taken.id)).position == 1
    with pytest.raises(NotYours):
        parts.desk.say(aino, taken.id, "1", "I am back, but too late")
    assert parts.desk.held("aino") == []


def test_coming_back_within_the_lease_keeps_the_conversation(redis_url, content):
    parts = make_parts(redis_url, content, lease_seconds=2)
    aino = parts.counsellor("aino")
    conversation = parts.waiting()
    parts.desk.claim(aino, conversation.id)
    for _ in range(4):
        time.sleep(1.2)
        parts.presence.touch("aino", now=True)
        parts.reaper.tick(force=True)
    parts.desk.say(aino, conversation.id, "1", "still here")
    assert parts.store.get(conversation.id).owner == "aino"


def test_nobody_loses_a_conversation_because_redis_or_the_process_was_away(redis_url, content):
    parts = make_parts(redis_url, content, lease_seconds=1)
    aino = parts.counsellor("aino")
    conversation = parts.waiting()
    parts.desk.claim(aino, conversation.id)
    time.sleep(1.2)
    # A process that has just started could not have heard the counsellor: it waits a whole lease first.
    parts.reaper._answering_since = time.monotonic()
    assert parts.reaper.tick(force=True) == 0
    time.sleep(1.1)
    assert parts.reaper.tick(force=True) == 1


def test_the_queue_is_danger_first_then_returned_then_the_longest_waiting(parts):
    aino = parts.counsellor("aino")
    first, second, third = (parts.waiting() for _ in range(3))
    fourth = parts.waiting()
    parts.desk.claim(aino, third.id)
    parts.desk.release(aino, third.id)
    parts.desk.alarm(fourth, "mental-crisis", "1-0")
    assert [conversation.id for conversation in parts.desk.queue()] == [fourth.id, third.id, first.id, second.id]
    assert parts.desk.queue()[0].alarm == "mental-crisis"
    assert [parts.desk.waiting(parts.store.get(c.id)).position for c in (fourth, third, first, second)] == [1, 2, 3, 4]


def test_danger_before_the_queue_counts_in_the_queue(parts):
    parts.counsellor("aino")
    parts.waiting()
    worried = parts.resident()
    parts.desk.alarm(worried, "mental-crisis", "1-0")
    parts.desk.join(parts.store.get(worried.id))
    assert parts.desk.waiting(parts.store.get(worried.id)).position == 1


def test_an_estimate_only_from_the_median_of_five_real_waits(parts):
    aino = parts.counsellor("aino")
    for number, seconds in enumerate((60, 60, 300, 600)):
        conversation = parts.waiting()
        parts.store.change(conversation.id, queued_at=str(conversation.queued_at - seconds * 1000))
        parts.desk.claim(aino, conversation.id)
        assert parts.desk.estimate_minutes("fi") is None, number
    conversation = parts.waiting()
    parts.store.change(conversation.id, queued_at=str(conversation.queued_at - 10_000_000))
    parts.desk.claim(aino, conversation.id)
    # The median of 1, 1, 5, 10 and 167 minutes; the mean would be 37.
    assert parts.desk.estimate_minutes("fi") in (5, 6)
    assert parts.desk.estimate_minutes("sv") is None
    waiting = parts.waiting()
    assert "5" in parts.store.read(waiting.id)[-1]["text"] or "6" in parts.store.read(waiting.id)[-1]["text"]


def test_transfer_to_a_person_a_queue_and_nobody(parts):
    aino, eero = parts.counsellor("aino"), parts.counsellor("eero", capacity=1)
    away = parts.counsellor("maija", here=False)
    conversation = parts.waiting()
    parts.desk.claim(aino, conversation.id)
    with pytest.raises(CounsellorNotAvailable):
        parts.desk.transfer(aino, conversation.id, away, "")
    parts.desk.transfer(aino, conversation.id, eero, "knows dental care")
    assert parts.store.get(conversation.id).owner == "eero" and parts.store.get(conversation.id).owner_name == "Eero"
    note = next(entry for entry in parts.store.read(conversation.id) if entry.get("event") == "note")
    assert note["internal"] and note["text"] == "knows dental care" and note["by"] == "aino"
    with pytest.raises(NotYours):
        parts.desk.close(aino, conversation.id, "answered", None)
    full = parts.waiting()
    parts.desk.claim(aino, full.id)
    with pytest.raises(AtCapacity):
        parts.desk.transfer(aino, full.id, eero, "")
    assert parts.store.get(full.id).owner == "aino"
    parts.desk.transfer_to_queue(eero, conversation.id, "sv", "social", "på svenska")
    moved = parts.store.get(conversation.id)
    assert (moved.state, moved.queue_language, moved.area, moved.owner) == ("queued", "sv", "social", None)
    assert parts.redis.zrank(parts.keys.queue("sv"), moved.id) == 0 and parts.redis.zrank(parts.keys.queue("fi"), moved.id) is None
    assert parts.desk.held("eero") == []


def test_leaving_goes_back_to_the_bot_from_the_queue_and_from_a_counsellor(parts):
    aino = parts.counsellor("aino")
    waiting, live = parts.waiting(), parts.waiting()
    parts.desk.claim(aino, live.id)
    for conversation in (waiting, live):
        assert parts.desk.leave(parts.store.get(conversation.id))["event"] == "left"
        assert parts.store.get(conversation.id).state == "bot"
    assert parts.desk.queue() == [] and parts.desk.held("aino") == []
    with pytest.raises(NotWaiting):
        parts.desk.claim(aino, waiting.id)
    assert parts.desk.leave(parts.store.get(waiting.id)) is None


def test_closing_is_for_good(parts):
    aino = parts.counsellor("aino")
    conversation = parts.waiting()
    parts.desk.claim(aino, conversation.id)
    parts.desk.close(aino, conversation.id, "referred", "dental-care")
    with pytest.raises(ConversationClosed):
        parts.desk.join(parts.store.get(conversation.id))
    closing = next(entry for entry in parts.store.read(conversation.id) if entry.get("event") == "closing")
    assert (closing["reason"], closing["about"], closing["internal"]) == ("referred", "dental-care", True)
    assert parts.redis.ttl(parts.keys.messages(conversation.id)) > 29 * 86_400


def test_a_full_queue_takes_nobody_more_and_says_so(parts, content):
    parts.counsellor("aino")
    for number in range(40):
        parts.redis.zadd(parts.keys.queue("sv"), {f"somebody{number}": number})
    found = parts.desk.join(parts.resident("sv"))
    assert isinstance(found, Availability) and found.reason == "queue_full"


def test_when_the_last_counsellor_leaves_those_who_wait_are_told_once(parts):
    parts.counsellor("aino")
    conversation = parts.waiting()
    parts.presence.leave("aino")
    for _ in range(3):
        parts.reaper.tick(force=True)
        parts.redis.delete(parts.keys.reaper)
    assert parts.events(conversation.id) == ["queued", "nobody_left"]
    assert parts.store.get(conversation.id).state == "queued"


def test_at_closing_time_with_nobody_here_the_queue_ends_in_an_offer_to_call(redis_url, content):
    parts = make_parts(redis_url, content, "2026-11-24T15:59:56+02:00")
    parts.counsellor("aino")
    conversation = parts.waiting()
    time.sleep(4.1)
    parts.reaper.tick(force=True)
    assert parts.store.get(conversation.id).state == "queued"  # a counsellor is still here: the queue is served to its end
    parts.presence.leave("aino")
    parts.redis.delete(parts.keys.reaper)
    parts.reaper.tick(force=True)
    last = parts.store.read(conversation.id)[-1]
    assert parts.store.get(conversation.id).state == "bot" and last["event"] == "expired"
    assert any(choice["value"] == "callback" for choice in last["choices"]) and last["contacts"]


def test_indexes_that_a_crash_left_wrong_are_mended(parts):
    aino = parts.counsellor("aino")
    waiting, live, ghost = parts.waiting(), parts.waiting(), parts.resident()
    parts.desk.claim(aino, live.id)
    parts.redis.zrem(parts.keys.queue("fi"), waiting.id)  # died before the index was written again
    parts.redis.srem(parts.keys.holding("aino"), live.id)
    parts.redis.sadd(parts.keys.holding("aino"), ghost.id)  # reserved, never claimed
    parts.redis.zadd(parts.keys.handovers, {ghost.id: 1})
    parts.redis.zadd(parts.keys.queue("fi"), {ghost.id: 1})
    for _ in range(2):
        parts.reaper.tick(force=True)
        parts.redis.delete(parts.keys.reaper)
    assert parts.redis.zrange(parts.keys.queue("fi"), 0, -1) == [waiting.id]
    assert parts.redis.smembers(parts.keys.holding("aino")) == {live.id}
    assert [conversation.id for conversation in parts.desk.held("aino")] == [live.id]


def test_all_keys_of_a_conversation_share_one_hash_tag(parts):
    aino = parts.counsellor("aino")
    conversation = parts.waiting()
    parts.desk.claim(aino, conversation.id)
    own = [key for key in parts.redis.scan_iter(f"{parts.keys.prefix}:*") if conversation.id in key]
    assert own and all(f"{{{conversation.id}}}" in key for key in own)


def test_erasing_while_a_counsellor_holds_it_leaves_nothing(parts):
    aino = parts.counsellor("aino")
    conversation = parts.waiting()
    parts.desk.claim(aino, conversation.id)
    conversation = parts.store.get(conversation.id)
    parts.callbacks.add(conversation.id, "+358401234567", None, "today-pm", "fi")
    parts.callbacks.erase_of(conversation.id)
    parts.store.erase(conversation.id)
    parts.desk.forget(conversation)
    parts.store.change(conversation.id, seen="1-1")  # a late writer brings nothing back
    left = [key for key in parts.redis.scan_iter(f"{parts.keys.prefix}:*") if conversation.id in key]
    assert left == [] and parts.desk.held("aino") == [] and parts.callbacks.open() == []
    assert parts.redis.zcard(parts.keys.handovers) == 0
