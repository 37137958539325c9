"""The evaluation messages through a running service, one conversation each, as a resident's page sends them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import requests

from verkkoapu.evaluate.figures import Outcome
from verkkoapu.evaluate.messages import Message


def ask_service(address: str, messages: Sequence[Message], say: Callable[[str], None], threads: int = 4) -> list[Outcome]:
    """What the service answers to each message."""
    done = 0

    def ask(message: Message) -> Outcome:
        nonlocal done
        outcome = ask_one(address, message)
        done += 1
        if done % 200 == 0:
            say(f"{done} of {len(messages)} messages")
        return outcome

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(ask, messages))


def ask_one(address: str, message: Message) -> Outcome:
    """Open a conversation, send one message, read what answers it."""
    opened = requests.post(f"{address}/api/conversations", json={"language": message.language, "page": None}, timeout=60)
    opened.raise_for_status()
    conversation = opened.json()
    sent = requests.post(f"{address}/api/conversations/{conversation['id']}/messages", timeout=60,
                         json={"client_id": str(uuid.uuid4()), "text": message.text},
                         headers={"Authorization": f"Bearer {conversation['token']}"})
    sent.raise_for_status()
    return outcome_of(sent.json()["messages"][1:])


def outcome_of(replies: Sequence[dict]) -> Outcome:
    """The first reply that says something about a topic; a person offered is the topic contact-person."""
    for reply in replies:
        if reply["kind"] == "answer" or (reply["kind"] == "safety" and reply.get("level") == "alarm"):
            return Outcome(reply["kind"], reply.get("topic"))
        if reply["kind"] == "handover":
            return Outcome("handover", "contact-person")
        if reply["kind"] == "clarify":
            choices = [choice["value"].removeprefix("topic:") for choice in reply["choices"] if choice["value"].startswith("topic:")]
            return Outcome("clarify", None, tuple(choices))
    return Outcome(replies[0]["kind"] if replies else "silent")
