"""The states of a conversation and every change between them: the one place that knows which change may happen.

    bot ──offer──> offered ──join──> queued ──claim──> live ──close──> closed
     ^───decline─────┘                 │  ^──release, transfer, lapse──┤
     ^──────────────leave, expire──────┴────────────leave──────────────┘
"""

from __future__ import annotations

from dataclasses import dataclass

BOT, OFFERED, QUEUED, LIVE, CLOSED = "bot", "offered", "queued", "live", "closed"
#: States in which the bot speaks.
BOT_STATES = (BOT, OFFERED)
#: States in which a resident's message goes to people, and the bot is silent.
PEOPLE_STATES = (QUEUED, LIVE)
OPEN_STATES = (BOT, OFFERED, QUEUED, LIVE)


@dataclass(frozen=True)
class Change:
    """From which states, to which, and whether who may speak changes with it (then the epoch rises)."""

    name: str
    before: tuple[str, ...]
    after: str
    raises_epoch: bool = True


CHANGES: dict[str, Change] = {change.name: change for change in (
    Change("offer", BOT_STATES, OFFERED, raises_epoch=False),
    Change("decline", (OFFERED,), BOT, raises_epoch=False),
    Change("join", BOT_STATES, QUEUED),
    Change("leave", (OFFERED, QUEUED, LIVE), BOT),
    Change("claim", (QUEUED,), LIVE),
    Change("release", (LIVE,), QUEUED),
    Change("lapse", (LIVE,), QUEUED),
    Change("transfer", (LIVE,), LIVE),
    Change("transfer_to_queue", (LIVE,), QUEUED),
    Change("expire", (QUEUED,), BOT),
    Change("close", (LIVE,), CLOSED),
)}
