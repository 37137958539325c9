"""The record: once, in order, from a cursor, with right state and token; on a real Redis."""

from __future__ import annotations

import threading
import time

import pytest
import redis

from verkkoapu.clock import Clock
from verkkoapu.conversations import ConversationStore
from verkkoapu.errors import ConversationClosed, ConversationNotFound, StateUnavailable, WrongToken
from verkkoapu.keys import Keys


@pytest.fixture
def store(redis_server, key_prefix):
    return ConversationStore(redis.Redis.from_url(redis_server, decode_responses=True), Keys(key_prefix), Clock())


def message(text="hei"):
    return {"from": "resident", "kind": "text", "lang": "fi", "text": text}


def test_the_token_is_kept_as_a_digest_only(store, redis_server):
    conversation, token = store.create("fi", None)
    assert store.open(conversation.id, token).id == conversation.id
    assert token not in str(store.redis.hgetall(store.keys.meta(conversation.id)))
    with pytest.raises(WrongToken):
        store.open(conversation.id, token + "x")


@pytest.mark.parametrize("unknown", ["", "short", "A" * 22, "*" * 22, "../../../../etc/passwd"])
def test_an_unknown_conversation_is_not_found(store, unknown):
    with pytest.raises(ConversationNotFound):
        store.open(unknown, "token")


def test_a_client_id_writes_once_also_when_many_send_it_at_once(store):
    conversation, _token = store.create("fi", None)
    written = []

    def send():
        written.append(store.append(conversation.id, message(), client_id="one"))

    threads = [threading.Thread(target=send) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({entry["id"] for entry, _new in written}) == 1
    assert sum(new for _entry, new in written) == 1
    assert len(store.read(conversation.id)) == 1


def test_reading_resumes_after_the_cursor(store):
    conversation, _token = store.create("fi", None)
    ids = [store.append(conversation.id, message(str(number)))[0]["id"] for number in range(5)]
    assert [entry["text"] for entry in store.read(conversation.id, ids[2])] == ["3", "4"]
    for wrong in ("x", "1-2-3", "-", "+", "0 OR 1"):
        with pytest.raises(ValueError):
            store.read(conversation.id, wrong)


def test_a_state_or_epoch_that_changed_refuses_the_entry(store):
    conversation, _token = store.create("fi", None)
    store.append(conversation.id, message(), only_in_states=("bot",), epoch=0)
    store.change(conversation.id, state="live", epoch="1")
    for wrong in ({"only_in_states": ("bot",)}, {"epoch": 0}):
        with pytest.raises(ConversationClosed):
            store.append(conversation.id, message("late"), **wrong)
    assert [entry["text"] for entry in store.read(conversation.id)] == ["hei"]


def test_erasing_leaves_no_key(store):
    conversation, _token = store.create("fi", None)
    store.append(conversation.id, message(), client_id="a")
    store.note_answer(conversation.id, "a", [])
    store.erase(conversation.id)
    assert not list(store.redis.scan_iter(f"{store.keys.prefix}:*{conversation.id}*"))
    with pytest.raises(ConversationNotFound):
        store.append(conversation.id, message())


def test_everything_of_a_conversation_expires(store):
    conversation, _token = store.create("fi", None)
    store.append(conversation.id, message(), client_id="a")
    keys = list(store.redis.scan_iter(f"{store.keys.prefix}:*{conversation.id}*"))
    assert len(keys) >= 3 and all(store.redis.ttl(key) > 0 for key in keys)


def test_turns_of_one_conversation_wait_for_each_other(store):
    conversation, _token = store.create("fi", None)
    order = []

    def turn(name):
        with store.turn(conversation.id):
            order.append(name + " begins")
            time.sleep(0.05)
            order.append(name + " ends")

    threads = [threading.Thread(target=turn, args=(name,)) for name in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry.split()[1] for entry in order] == ["begins", "ends"] * 3
    assert all(order[number].split()[0] == order[number + 1].split()[0] for number in (0, 2, 4))


def test_without_redis_every_call_says_so(key_prefix):
    gone = ConversationStore(redis.Redis(host="127.0.0.1", port=1, socket_timeout=0.2, decode_responses=True), Keys(key_prefix), Clock())
    for call in (lambda: gone.create("fi", None), lambda: gone.open("A" * 22, "t"), lambda: gone.append("A" * 22, message()),
                 lambda: gone.read("A" * 22), lambda: gone.erase("A" * 22)):
        with pytest.raises(StateUnavailable):
            call()
