"""What the bot says in one turn: content and search put together into messages. No Rasa, no Flask.

A reply is a dict in the shape of API.md's Message without id, at and from. Two more fields speak to the web
process and never reach a resident: `set` (facts to remember: language, municipality) and `ask_handover`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markdown_it import MarkdownIt

from verkkoapu.contacts import choose_contacts, contact_cards, contact_line, fill_placeholders, localized, named_cards
from verkkoapu.content.model import Content, Municipality
from verkkoapu.search.index import Decision, SearchIndex

#: Follow-up buttons under an answer: more would bury the answer on a phone.
MAX_FOLLOWUPS = 3
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True)
class Turn:
    """What is known when the bot is to speak."""

    text: str
    language: str
    moment: datetime
    topic: str | None = None
    municipality: str | None = None


class Assistant:
    """Composes replies from one Content and one SearchIndex."""

    def __init__(self, content: Content, index: SearchIndex | None) -> None:
        self.content = content
        self.index = index

    # --- finding ---------------------------------------------------------------------------------

    def decide(self, turn: Turn) -> Decision:
        """Which topic the message is about, with the topic before it as a light hint."""
        if self.index is None or not turn.text.strip():
            return Decision("unknown", ())
        if not any(char.isalpha() for char in turn.text) and not self._is_public_number(turn.text):
            # "42" or "???" tells nothing, whatever examples a digit happens to stand in.
            return Decision("unknown", ())
        return self.index.decide(turn.text)

    def _is_public_number(self, text: str) -> bool:
        """Whether the text is just the number of one of our contacts: "112", "116117"."""
        digits = "".join(char for char in text if char.isdigit())
        return bool(digits) and any((contact.phone or "").endswith(digits) and len(digits) >= 3 for contact in self.content.contacts.values())

    def reply(self, turn: Turn) -> dict[str, Any]:
        """Find the topic and answer, ask, or admit."""
        other = find_municipality(turn.text, self.content.other_municipalities)
        own = find_municipality(turn.text, self.content.municipalities)
        if other is not None and own is None:
            return self.outside(turn, "other-county", municipality=localized(other.names, self.content, turn.language))
        decision = self.decide(turn)
        if decision.kind == "answer":
            return self.answer_with_second(turn, decision)
        if decision.kind == "clarify":
            return self.clarify(turn, [hit.topic for hit in decision.hits])
        if decision.kind == "outside":
            return self.outside(turn, decision.hits[0].topic.lstrip("_"))
        return self.unknown(turn)

    def answer_with_second(self, turn: Turn, decision: Decision) -> dict[str, Any]:
        """Answer the topic found; a second matter in the same message is offered, and an urgent one comes first."""
        first, score = decision.hits[0].topic, decision.hits[0].score
        second = self.index.second_matter(turn.text, first) if self.index is not None else None
        if second is None or second.topic not in self.content.topics:
            return self.answer(turn, first, score=score)
        other = second.topic
        if self.content.topics[other].safety and not self.content.topics[first].safety:
            first, other, score = other, first, second.score
        reply = self.answer(turn, first, score=score)
        text = self.content.text(other, turn.language)
        if reply["kind"] == "answer" and text is not None:
            reply["choices"] = [{"label": text.title, "value": f"topic:{other}"}, *reply["choices"]]
        return reply

    # --- saying ----------------------------------------------------------------------------------

    def answer(self, turn: Turn, topic: str, score: float | None = None) -> dict[str, Any]:
        """The editor's text of a topic, with contacts for this municipality and this moment."""
        content, language = self.content, turn.language
        text = content.text(topic, language)
        if text is None:
            return self.unknown(turn)
        own = find_municipality(turn.text, content.municipalities)
        municipality = own.id if own is not None else turn.municipality
        cards = contact_cards(content, choose_contacts(content, text, municipality), language, turn.moment)
        summary = fill_placeholders(text.summary, content, language)
        sections = body_sections(fill_placeholders(text.body, content, language))
        notice = None
        if text.language != language:
            notice = content.phrase("other_language", language, name=content.languages[text.language].name)
        lines = [line for line in (notice, text.title, summary, *_section_lines(sections[:1])) if line]
        lines += [contact_line(card, language) for card in cards]
        choices = [
            {"label": followup.question, "value": f"followup:{topic}:{number}"}
            for number, followup in enumerate(text.followups)
        ][:MAX_FOLLOWUPS]
        reply: dict[str, Any] = {
            "kind": "answer", "lang": text.language, "topic": topic, "text": "\n".join(lines), "contacts": cards,
            "links": [{"label": link.label, "url": link.url} for link in text.links],
            "choices": [*choices, self._handover_choice(language)],
            "parts": {"title": text.title, "summary": summary, "sections": sections, "notice": notice,
                      "audience": fill_placeholders(text.audience, content, language), "page": f"/{text.language}/{topic}"},
            "version": text.version,
        }
        if score is not None:
            reply["score"] = round(score, 3)
        if own is not None:
            reply["set"] = {"municipality": own.id}
        elif content.topics[topic].by_municipality and municipality is None:
            question = content.phrase("ask_municipality", language)
            reply["text"] += "\n" + question
            reply["parts"]["question"] = question
            reply["choices"] = [*self._municipality_choices(language), *reply["choices"]]
        return reply

    def followup(self, turn: Turn, kind: str | None = None, number: int | None = None) -> dict[str, Any]:
        """The answer to "what does it cost?" and the like about the topic before; by kind or by its place."""
        text = self.content.text(turn.topic, turn.language) if turn.topic else None
        if text is None:
            return self.reply(turn)
        found = None
        if number is not None and 0 <= number < len(text.followups):
            found = text.followups[number]
        elif kind is not None:
            found = next((followup for followup in text.followups if followup.kind == kind), None)
        cards = contact_cards(self.content, choose_contacts(self.content, text, turn.municipality), turn.language, turn.moment)
        if found is None and kind in ("hours", "place") and any(card["hours_text"] or card["address"] for card in cards):
            lead = self.content.phrase(f"followup_{kind}", turn.language, topic=text.title)
            said = lead
        elif found is None:
            lead = self.content.phrase("followup_missing", turn.language, topic=text.title)
            said = lead
        else:
            said = fill_placeholders(found.answer, self.content, turn.language)
        lines = [said, *(contact_line(card, turn.language) for card in cards)]
        return {
            "kind": "answer", "lang": text.language, "topic": text.topic, "text": "\n".join(lines), "contacts": cards,
            "links": [], "choices": [self._handover_choice(turn.language)],
            "parts": {"title": found.question if found else text.title, "summary": said, "sections": [], "notice": None,
                      "audience": "", "page": f"/{text.language}/{text.topic}"},
            "version": text.version,
        }

    def clarify(self, turn: Turn, topics: list[str]) -> dict[str, Any]:
        """Ask between two or three topics, with one way out."""
        choices = []
        for topic in topics[:3]:
            text = self.content.text(topic, turn.language)
            if text is not None:
                choices.append({"label": text.title, "value": f"topic:{topic}"})
        question = self._telling_question(topics, turn.language) or self.content.phrase("clarify", turn.language)
        choices.append({"label": self.content.phrase("none_of_these", turn.language), "value": "none"})
        lines = [question, *(f"{number}. {choice['label']}" for number, choice in enumerate(choices, 1))]
        return self._said("clarify", turn, "\n".join(lines), choices=choices, parts={"summary": question})

    def unknown(self, turn: Turn) -> dict[str, Any]:
        """Say plainly that the answer is not known, and offer a person and the general numbers."""
        cards = named_cards(self.content, self.content.general_contacts, turn.language, turn.moment)
        lead = self.content.phrase("unknown", turn.language)
        lines = [lead, *(contact_line(card, turn.language) for card in cards)]
        return self._said("unknown", turn, "\n".join(lines), contacts=cards, choices=[self._handover_choice(turn.language)],
                          parts={"summary": lead})

    def outside(self, turn: Turn, reason: str, **values: str) -> dict[str, Any]:
        """Not ours, or not for a chat: say so, and name who does it where content knows."""
        try:
            lead = self.content.phrase(f"outside_{reason.replace('-', '_')}", turn.language, **values)
        except KeyError:
            lead = self.content.phrase("outside", turn.language)
        ids = ("medical-helpline-116117",) if reason == "medical-advice" else self.content.general_contacts[:1]
        cards = named_cards(self.content, ids, turn.language, turn.moment)
        lines = [lead, *(contact_line(card, turn.language) for card in cards)]
        return self._said("unknown", turn, "\n".join(lines), contacts=cards, choices=[self._handover_choice(turn.language)],
                          parts={"summary": lead}, reason=reason)

    def outside_or_unknown(self, turn: Turn) -> dict[str, Any]:
        """What is not ours, by the kind the search finds; another county is named."""
        other = find_municipality(turn.text, self.content.other_municipalities)
        if other is not None:
            return self.outside(turn, "other-county", municipality=localized(other.names, self.content, turn.language))
        decision = self.decide(turn)
        if decision.hits and decision.hits[0].topic.startswith("_"):
            return self.outside(turn, decision.hits[0].topic.lstrip("_"))
        return self.outside(turn, "other-authority") if decision.kind != "clarify" else \
            self.clarify(turn, [hit.topic for hit in decision.hits])

    def choose(self, turn: Turn, value: str, last_question: str | None = None) -> dict[str, Any]:
        """What follows a pressed button; a value that nothing knows is answered as unknown."""
        name, _, rest = value.partition(":")
        if name == "topic" and rest in self.content.topics:
            return self.answer(turn, rest)
        if name == "followup":
            topic, _, number = rest.rpartition(":")
            if topic in self.content.topics and number.isdigit():
                return self.followup(Turn("", turn.language, turn.moment, topic, turn.municipality), number=int(number))
        if name == "municipality" and rest in self.content.municipalities:
            return self.set_municipality(turn, rest)
        if name == "language" and rest in self.content.languages:
            return self.change_language(turn, rest, last_question)
        if name == "when":
            return self.callback_form(turn, rest)
        if value == "callback":
            return self.ask_callback_when(turn, ("today-am", "today-pm", "tomorrow-am", "tomorrow-pm"))
        if value == "handover":
            return self.handover_offer(turn)
        if value == "none":
            return self._said("unknown", turn, self.content.phrase("none_chosen", turn.language),
                              choices=[self._handover_choice(turn.language)])
        if value == "continue":
            return self.phrase(turn, "affirm")
        return self.unknown(turn)

    def set_municipality(self, turn: Turn, municipality: str) -> dict[str, Any]:
        """Remember the municipality; the topic before is answered again with the contacts there."""
        place = self.content.municipalities[municipality]
        if turn.topic is not None:
            reply = self.answer(Turn("", turn.language, turn.moment, turn.topic, municipality), turn.topic)
        else:
            name = localized(place.names, self.content, turn.language)
            reply = self._said("notice", turn, self.content.phrase("municipality_set", turn.language, municipality=name))
        reply["set"] = {"municipality": municipality}
        return reply

    def change_language(self, turn: Turn, language: str | None, last_question: str | None) -> dict[str, Any]:
        """Go on in `language` and answer the last question again in it; ask which when none is named."""
        if not language:
            key = "language_not_offered" if language == "" else "language_which"
            choices = [{"label": offered.name, "value": f"language:{offered.id}"} for offered in self.content.languages.values()]
            return self._said("notice", turn, self.content.phrase(key, turn.language), choices=choices)
        there = Turn(last_question or "", language, turn.moment, turn.topic, turn.municipality)
        if turn.topic is not None:
            reply = self.answer(there, turn.topic)
        elif last_question:
            reply = self.reply(there)
        else:
            reply = self._said("notice", there, self.content.phrase("language_changed", language))
        reply["set"] = {**(reply.get("set") or {}), "language": language}
        return reply

    def handover_offer(self, turn: Turn) -> dict[str, Any]:
        """A person is wanted: what the counsellor sees, the ways to go on, and the lines that serve everyone."""
        language = turn.language
        cards = named_cards(self.content, self.content.general_contacts, language, turn.moment)
        lead = self.content.phrase("handover_confirm", language)
        choices = [self._handover_choice(language),
                   {"label": self.content.phrase("choice_callback", language), "value": "callback"},
                   {"label": self.content.phrase("choice_continue", language), "value": "continue"}]
        lines = [lead, *(contact_line(card, language) for card in cards)]
        reply = self._said("handover", turn, "\n".join(lines), contacts=cards, choices=choices, parts={"summary": lead})
        return {**reply, "topic": "contact-person"}


    def ask_municipality(self, turn: Turn) -> dict[str, Any]:
        """Ask where the resident lives, with every municipality as a choice."""
        return self._said("notice", turn, self.content.phrase("ask_municipality", turn.language),
                          choices=self._municipality_choices(turn.language))

    def ask_callback_when(self, turn: Turn, times: tuple[str, ...]) -> dict[str, Any]:
        """Ask when to call back."""
        choices = [{"label": self.content.phrase(f"when_{when}", turn.language), "value": f"when:{when}"} for when in times]
        text = self.content.phrase("callback_offer", turn.language) + " " + self.content.phrase("callback_when", turn.language)
        return self._said("notice", turn, text, choices=choices)

    def callback_form(self, turn: Turn, when: str | None) -> dict[str, Any]:
        """Ask the page to open its call-back form: the number is given there, never in the conversation."""
        return self._said("notice", turn, self.content.phrase("callback_open_form", turn.language),
                          form={"name": "callback", "when": when})

    def phrase(self, turn: Turn, key: str, kind: str = "smalltalk", **values: object) -> dict[str, Any]:
        """A short sentence between answers: thanks, goodbye, small talk."""
        return self._said(kind, turn, self.content.phrase(key, turn.language, **values))

    def with_person(self, reply: dict[str, Any], turn: Turn) -> dict[str, Any]:
        """The reply with the button to a counsellor."""
        return {**reply, "choices": [*reply["choices"], self._handover_choice(turn.language)]}

    def greeting(self, language: str, moment: datetime) -> dict[str, Any]:
        """The first message of a conversation."""
        text = self.content.phrase("greeting", language)
        turn = Turn("", language, moment)
        suggestions = self.content.phrases.get(language, {}).get("greeting_topics") or []
        choices = []
        for topic in suggestions if isinstance(suggestions, list) else []:
            found = self.content.text(topic, language)
            if found is not None:
                choices.append({"label": found.title, "value": f"topic:{topic}"})
        return self._said("greeting", turn, text, choices=choices)

    # --- helpers ---------------------------------------------------------------------------------

    def _said(self, kind: str, turn: Turn, text: str, **fields: Any) -> dict[str, Any]:
        return {"kind": kind, "lang": turn.language, "topic": None, "text": text, "contacts": [], "links": [], "choices": [], **fields}

    def _handover_choice(self, language: str) -> dict[str, str]:
        return {"label": self.content.phrase("choice_handover", language), "value": "handover"}

    def _municipality_choices(self, language: str) -> list[dict[str, str]]:
        return [
            {"label": localized(place.names, self.content, language), "value": f"municipality:{place.id}"}
            for place in self.content.municipalities.values()
        ]

    def _telling_question(self, topics: list[str], language: str) -> str | None:
        """The editors' own question that tells two topics apart, where they declared one."""
        if len(topics) < 2:
            return None
        first, second = topics[0], topics[1]
        for one, other in ((first, second), (second, first)):
            declared = self.content.topics[one].tell_apart.get(other)
            if declared:
                return localized(declared, self.content, language) or None
        return None


def find_municipality(text: str, places: Mapping[str, Municipality]) -> Municipality | None:
    """The municipality a message names, by the forms that content lists; the longest form wins."""
    words = " " + re.sub(r"[^\w-]+", " ", text.casefold()) + " "
    best: tuple[int, Municipality] | None = None
    for place in places.values():
        for form in place.forms:
            if f" {form} " in words and (best is None or len(form) > best[0]):
                best = (len(form), place)
    return best[1] if best else None


def body_sections(markdown: str) -> list[dict[str, Any]]:
    """A topic's Markdown body as sections of plain text: {heading, ordered, items, paragraphs}.

    Plain text, not markup: the widget and a screen reader build their own structure from it.
    """
    sections: list[dict[str, Any]] = []
    tokens = _MARKDOWN.parse(markdown)
    in_item = False
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            sections.append({"heading": "", "ordered": False, "items": [], "paragraphs": []})
        elif token.type in ("ordered_list_open", "bullet_list_open"):
            if not sections:
                sections.append({"heading": "", "ordered": False, "items": [], "paragraphs": []})
            sections[-1]["ordered"] = token.type == "ordered_list_open"
        elif token.type in ("list_item_open", "list_item_close"):
            in_item = token.type == "list_item_open"
        elif token.type == "inline":
            text = "".join(child.content if child.type in ("text", "code_inline") else " " if child.type.endswith("break") else ""
                           for child in token.children or ())
            if not sections:
                sections.append({"heading": "", "ordered": False, "items": [], "paragraphs": []})
            if number and tokens[number - 1].type == "heading_open":
                sections[-1]["heading"] = text
            else:
                sections[-1]["items" if in_item else "paragraphs"].append(text)
    return sections


def _section_lines(sections: list[dict[str, Any]]) -> list[str]:
    lines = []
    for section in sections:
        lines += section["paragraphs"]
        lines += [f"{number}. {item}" if section["ordered"] else f"- {item}" for number, item in enumerate(section["items"], 1)]
    return lines


def static_text(content: Content, language: str, moment: datetime) -> list[dict[str, Any]]:
    """The numbers shown when all else fails, as cards; needs nothing but content."""
    return named_cards(content, content.static_contacts, language, moment)



