"""What the bot does in a turn. No text for people here: it comes from content."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.resources import resources
from actions.turn import metadata, turn_of, utter
from verkkoapu.assistant import Assistant, Turn, find_municipality
from verkkoapu.languages import asked_language

#: A turn that Rasa takes for small talk is still answered when the search is this sure of a topic.
SURE_ENOUGH = 0.6
#: Small talk is short: a longer message gets a look from the search first.
SHORT_WORDS = 5

FOLLOWUP_KINDS = {
    "ask_cost": "cost", "ask_hours": "hours", "ask_place": "place", "ask_for_whom": "for-whom",
    "ask_how_long": "how-long", "ask_relative": "relative", "ask_without_internet": "without-internet",
}
PHRASES = {
    "thank": "thanks", "goodbye": "goodbye", "greet": "greet", "small_talk": "small_talk", "ask_robot": "are_you_a_robot",
    "give_feedback": "feedback_thanks", "insult": "insult", "affirm": "affirm", "deny": "deny",
}
CALLBACK_TIMES = ("today-am", "today-pm", "tomorrow-am", "tomorrow-pm")


class BotAction(Action, ABC):
    """Base: finds the turn, lets `speak` make the reply, says it and remembers what the reply decides."""

    @abstractmethod
    def speak(self, assistant: Assistant, turn: Turn, tracker: Tracker) -> dict[str, Any]:
        """The reply of this turn."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        assistant = resources().assistant()
        turn = turn_of(tracker, assistant)
        reply = self.speak(assistant, turn, tracker)
        utter(dispatcher, reply)
        return remember(reply, turn, tracker)


def remember(reply: dict[str, Any], turn: Turn, tracker: Tracker) -> list[EventType]:
    """Slots that the reply decides: topic, municipality, language, and the question for a language change."""
    events: list[EventType] = []
    if reply["kind"] == "answer" and reply["topic"] != tracker.get_slot("topic"):
        events.append(SlotSet("topic", reply["topic"]))
    if reply["kind"] in ("answer", "clarify", "unknown") and turn.text and not turn.text.startswith("/"):
        events.append(SlotSet("last_question", turn.text[:500]))
    for field, value in (reply.get("set") or {}).items():
        events.append(SlotSet(field, value))
    if tracker.get_slot("language") != turn.language and "language" not in (reply.get("set") or {}):
        events.append(SlotSet("language", turn.language))
    return events


class ActionAnswer(BotAction):
    """Find the topic; answer, ask between two or three, or say it is not known and offer a person."""

    def name(self) -> str:
        return "action_answer"

    def speak(self, assistant: Assistant, turn: Turn, tracker: Tracker) -> dict[str, Any]:
        return assistant.reply(turn)


class ActionOutside(BotAction):
    """What is not ours; the search has the last word when it is sure of a topic."""

    def name(self) -> str:
        return "action_outside"

    def speak(self, assistant: Assistant, turn: Turn, tracker: Tracker) -> dict[str, Any]:
        return sure_answer(assistant, turn) or assistant.outside_or_unknown(turn)


class ActionFollowup(BotAction):
    """"What does it cost?" about the topic before; without one the search answers."""

    def name(self) -> str:
        return "action_followup"

    def speak(self, assistant: Assistant, turn: Turn, tracker: Tracker) -> dict[str, Any]:
        intent = (tracker.latest_message.get("intent") or {}).get("name") or ""
        if turn.topic is None or len(turn.text.split()) > 2 * SHORT_WORDS:
            return assistant.reply(turn)
        return assistant.followup(turn, kind=FOLLOWUP_KINDS.get(intent))


class ActionPlace(BotAction):
    """Where it is: places and contacts of the topic before, in the resident's municipality."""

    def name(self) -> str:
        return "action_place"

    def speak(self, assistant: Assistant, turn: Turn, tracker: Tracker) -> dict[str, Any]:
        municipality = tracker.get_slot("municipality")
        turn = Turn(turn.text, turn.language, turn.moment, turn.topic, municipality or turn.municipality)
        reply = assistant.followup(turn, kind="place") if turn.topic else assistant.reply(turn)
        if municipality:
            reply["set"] = {"municipality": municipality}
        return reply


class ActionChoose(BotAction):
    """A pressed button: topic:…, followup:…, municipality:…, language:…, none, handover or callback."""

    def name(self) -> str:
        return "action_choose"

    def speak(self, assistant: Assistant, turn: Turn, tracker: Tracker) -> dict[str, Any]:
        choice = next((entity["value"] for entity in tracker.latest_message.get("entities") or ()
                       if entity.get("entity") == "choice"), "")
        plain = Turn("", turn.language, turn.moment, turn.topic, turn.municipality)
        return assistant.choose(plain, str(choice), last_question=tracker.get_slot("last_question"))


class ActionHandover(BotAction):
    """A person is wanted: say what the counsellor will see and let the resident decide."""

    def name(self) -> str:
        return "action_handover"

    def speak(self, assistant: Assistant, turn: Turn, tracker: Tracker) -> dict[str, Any]:
        return assistant.handover_offer(turn)


class ActionCallback(BotAction):
    """The time of a call back is known: the page opens its form for the number, which never comes here."""

    def name(self) -> str:
        return "action_callback"

    def speak(self, assistant: Assistant, turn: Turn, tracker: Tracker) -> dict[str, Any]:
        return assistant.callback_form(turn, tracker.get_slot("callback_when"))

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        return [*super().run(dispatcher, tracker, domain), SlotSet("callback_when", None)]


class ActionChangeLanguage(BotAction):
    """Go on in another language, and answer the same question again in it."""

    def name(self) -> str:
        return "action_change_language"

    def speak(self, assistant: Assistant, turn: Turn, tracker: Tracker) -> dict[str, Any]:
        if len(turn.text.split()) > 2 * SHORT_WORDS:
            found = sure_answer(assistant, turn)
            if found:
                return found
        language = asked_language(turn.text, assistant.content, turn.language)
        return assistant.change_language(turn, language, tracker.get_slot("last_question"))


class ActionSetMunicipality(BotAction):
    """Remember the municipality and show the contacts there for the topic before."""

    def name(self) -> str:
        return "action_set_municipality"

    def speak(self, assistant: Assistant, turn: Turn, tracker: Tracker) -> dict[str, Any]:
        place = find_municipality(turn.text, assistant.content.municipalities)
        if place is None or len(turn.text.split()) > SHORT_WORDS:
            return assistant.reply(turn)
        return assistant.set_municipality(turn, place.id)


class ActionSmallTalk(BotAction):
    """Thanks, greetings and small talk; a real question inside them is answered."""

    def name(self) -> str:
        return "action_small_talk"

    def speak(self, assistant: Assistant, turn: Turn, tracker: Tracker) -> dict[str, Any]:
        if len(turn.text.split()) > SHORT_WORDS:
            found = sure_answer(assistant, turn)
            if found:
                return found
        intent = (tracker.latest_message.get("intent") or {}).get("name") or ""
        reply = assistant.phrase(turn, PHRASES.get(intent, "small_talk"))
        # Who is angry, or asks whether this is a robot, is offered a person in the same breath.
        return assistant.with_person(reply, turn) if intent in ("insult", "ask_robot") else reply


class ActionYesOrNo(BotAction):
    """Yes or no to what was just offered."""

    def name(self) -> str:
        return "action_yes_or_no"

    def speak(self, assistant: Assistant, turn: Turn, tracker: Tracker) -> dict[str, Any]:
        intent = (tracker.latest_message.get("intent") or {}).get("name") or ""
        if len(turn.text.split()) > SHORT_WORDS:
            return assistant.reply(turn)
        return assistant.phrase(turn, PHRASES.get(intent, "affirm"))


class ActionAskMunicipality(BotAction):
    """The form's question for the municipality."""

    def name(self) -> str:
        return "action_ask_municipality"

    def speak(self, assistant: Assistant, turn: Turn, tracker: Tracker) -> dict[str, Any]:
        return assistant.ask_municipality(turn)


class ActionAskCallbackWhen(BotAction):
    """The form's question for the time of a call back."""

    def name(self) -> str:
        return "action_ask_callback_when"

    def speak(self, assistant: Assistant, turn: Turn, tracker: Tracker) -> dict[str, Any]:
        return assistant.ask_callback_when(turn, CALLBACK_TIMES)


class ValidateMunicipalityForm(FormValidationAction):
    """Fills the municipality from any form of its name, from the web page's knowledge, or from a button."""

    def name(self) -> str:
        return "validate_municipality_form"

    async def extract_municipality(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> dict[str, Any]:
        content = resources().assistant().content
        known = metadata(tracker).get("municipality") or tracker.get_slot("municipality")
        place = find_municipality(tracker.latest_message.get("text") or "", content.municipalities)
        return {"municipality": place.id if place is not None else known} if place is not None or known else {}


class ValidateCallbackForm(FormValidationAction):
    """Fills the time from the words of the offered times."""

    def name(self) -> str:
        return "validate_callback_form"

    async def extract_callback_when(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> dict[str, Any]:
        if tracker.get_slot("requested_slot") != "callback_when":
            return {}
        assistant = resources().assistant()
        said = (tracker.latest_message.get("text") or "").casefold()
        for when in CALLBACK_TIMES:
            for language in assistant.content.languages:
                if assistant.content.phrase(f"when_{when}", language).casefold() in said:
                    return {"callback_when": when}
        return {}


def sure_answer(assistant: Assistant, turn: Turn) -> dict[str, Any] | None:
    """An answer when the search is sure of a topic, else None."""
    decision = assistant.decide(turn)
    if decision.kind == "answer" and decision.hits[0].score >= SURE_ENOUGH:
        return assistant.answer(turn, decision.hits[0].topic, score=decision.hits[0].score)
    return None


