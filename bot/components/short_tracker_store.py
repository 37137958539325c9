"""A Redis tracker store whose trackers stay short, however long the conversation."""

from __future__ import annotations

from typing import Any, Optional, Text

from rasa.core.tracker_store import RedisTrackerStore
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

#: How many of the resident's newest turns a tracker keeps.
KEPT_TURNS = 4


class ShortTrackerStore(RedisTrackerStore):
    """Keeps slots, the active form and the newest turns; the whole conversation is in its own stream."""

    async def save(self, tracker: DialogueStateTracker, timeout: Optional[float] = None) -> None:
        """Store the shortened tracker, in one write; Rasa's own merges with what was stored before."""
        await self.stream_events(tracker)
        self.red.set(self._get_key_prefix() + tracker.sender_id, self.serialise_tracker(shorten(tracker)),
                     ex=timeout or self.record_exp)

    def _set_key_prefix(self, key_prefix: Text) -> None:
        # Rasa's own takes letters and digits only and silently falls back to a shared prefix.
        self.key_prefix = f"{key_prefix}:tracker:"


def shorten(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """The same tracker when it is short, else a new one with the same slots, loop and newest turns."""
    events: Any = list(tracker.events)
    turns = [number for number, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(turns) <= KEPT_TURNS * 2:
        return tracker
    start = turns[-KEPT_TURNS]
    before = DialogueStateTracker.from_events(tracker.sender_id, events[:start], tracker.slots.values())
    head = [ActionExecuted("action_session_start"), SessionStarted()]
    head += [SlotSet(name, slot.value) for name, slot in before.slots.items() if slot.value is not None]
    if before.active_loop_name:
        head.append(ActiveLoop(before.active_loop_name))
    # The tail begins where the bot was listening.
    head.append(ActionExecuted("action_listen"))
    return DialogueStateTracker.from_events(tracker.sender_id, head + events[start:], tracker.slots.values())
