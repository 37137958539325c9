"""Telephone numbers written in topic texts, compared with the data.

Numbers belong in contacts and stand in a text as {phone:…}. A number that an editor wrote out is a finding: an error
when no contact has it, a warning when one does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from verkkoapu.catalogue.phones import dialled
from verkkoapu.catalogue.texts import say
from verkkoapu.content.model import Content, TopicText
from verkkoapu.findings import Finding

#: Short numbers that people know; other short figures in a text are prices, days and amounts.
SHORT = re.compile(r"(?<![\d+,.:/-])(112|116\s?\d{3})(?![\d:.,/-]*\d)")


def findings(content: Content, language: str = "en") -> list[Finding]:
    """Every number written in a topic's title, summary, body, audience and follow-ups."""
    ours: dict[str, str] = {}
    for contact in content.contacts.values():
        if contact.phone:
            ours.setdefault(contact.phone, contact.id)  # the first of several contacts with one number
    found = []
    for text in content.texts.values():
        for written, number, line in _numbers(text):
            known = ours.get(number)
            key = "number_in_text" if known else "number_unknown"
            found.append(Finding(text.file, line, "warning" if known else "error",
                                 say(f"problem.{key}", language, number=written, contact=known or ""),
                                 say(f"fix.{key}", language, contact=known or "")))
    return sorted(set(found))


def _numbers(text: TopicText) -> Iterator[tuple[str, str, int]]:
    parts = [(text.title, text.lines.get("title", 1)), (text.summary, text.lines.get("summary", 1)),
             (text.audience, text.lines.get("audience", 1))]
    parts += [(f"{item.question} {item.answer}", text.lines.get("followups", 1)) for item in text.followups]
    parts += [(line, text.body_line + number) for number, line in enumerate(text.body.splitlines())]
    for said, line in parts:
        said = re.sub(r"\{[^}]*\}|https?://\S+", " ", said)
        for match in phonenumbers.PhoneNumberMatcher(said, "FI"):
            yield match.raw_string, phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164), line
        for short in SHORT.finditer(said):
            number = dialled(short.group(1))
            if number:
                yield short.group(1), number, line
