"""Content as plain immutable data; see content/README.md for what editors write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FOLLOWUP_KINDS = (
    "cost", "hours", "place", "for-whom", "child", "language", "how-long", "relative", "without-internet", "other",
)
CHARGES = ("free", "local", "special", "unknown")
CONTACT_KINDS = ("phone", "place", "chat", "online")


@dataclass(frozen=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True)
class Followup:
    """A question people ask next, and its answer; `kind` is one of FOLLOWUP_KINDS."""

    kind: str
    question: str
    answer: str


@dataclass(frozen=True)
class Contact:
    """One contact point. Texts are per language; `hours` is OSM notation or None when not known."""

    id: str
    kind: str
    names: Mapping[str, str]
    phone: str | None
    charge: str
    languages: tuple[str, ...]
    hours: str | None
    hours_note: Mapping[str, str]
    municipalities: tuple[str, ...]
    whom: Mapping[str, str]
    address: str | None
    url: str | None
    urls: Mapping[str, str]
    confidence: str
    sources: tuple[str, ...]
    gaps: tuple[str, ...]
    file: str
    line: int
    checked_on: str | None = None


@dataclass(frozen=True)
class Topic:
    """One thing a resident wants to get done, the same in every language."""

    id: str
    area: str
    safety: bool
    core: bool
    scope: str
    neighbour: str | None
    by_municipality: bool
    tell_apart: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class TopicText:
    """A topic in one language, as an editor wrote it. `body` is Markdown with {phone:…} placeholders."""

    topic: str
    language: str
    title: str
    summary: str
    keywords: tuple[str, ...]
    questions: tuple[str, ...]
    audience: str
    contacts: tuple[str, ...]
    links: tuple[Link, ...]
    followups: tuple[Followup, ...]
    reviewed: str
    translated_from: Mapping[str, str] | None
    sources: tuple[str, ...]
    gaps: tuple[str, ...]
    body: str
    version: str
    file: str
    lines: Mapping[str, int]
    body_line: int


@dataclass(frozen=True)
class Municipality:
    """A municipality, and the forms in which residents write its name (lower case)."""

    id: str
    names: Mapping[str, str]
    forms: tuple[str, ...]


@dataclass(frozen=True)
class Language:
    """A language on offer: its own name, direction, fallback, and the words people ask for it with."""

    id: str
    name: str
    dir: str
    fallback: tuple[str, ...]
    forms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Content:
    """Everything the service says at one moment; replaced whole when an edit is read."""

    name: Mapping[str, str]
    county: Mapping[str, str]
    languages: Mapping[str, Language]
    municipalities: Mapping[str, Municipality]
    other_municipalities: Mapping[str, Municipality]
    static_contacts: tuple[str, ...]
    general_contacts: tuple[str, ...]
    crisis_contacts: Mapping[str, str]
    contacts: Mapping[str, Contact]
    topics: Mapping[str, Topic]
    texts: Mapping[tuple[str, str], TopicText]
    examples: Mapping[tuple[str, str], tuple[str, ...]]
    phrases: Mapping[str, Mapping[str, object]]
    version: str
    other_language_forms: tuple[str, ...] = ()
    #: The counsellors' desk: hours, queue limit, what is offered instead (handover.yaml).
    handover: Mapping[str, object] = field(default_factory=dict)

    def language_chain(self, language: str) -> tuple[str, ...]:
        """The language itself, then where a missing text is taken from."""
        known = self.languages.get(language)
        chain = [language, *(known.fallback if known else ())]
        return tuple(dict.fromkeys([*chain, *self.languages]))

    def text(self, topic: str, language: str) -> TopicText | None:
        """The topic in this language, or the nearest one along the declared chain."""
        for candidate in self.language_chain(language):
            found = self.texts.get((candidate, topic))
            if found is not None:
                return found
        return None

    def phrase(self, key: str, language: str, /, **values: object) -> str:
        """What the bot says for `key`, with named values filled in; a list gives its first sentence."""
        for candidate in self.language_chain(language):
            value = self.phrases.get(candidate, {}).get(key)
            if value is not None:
                text = value[0] if isinstance(value, list) else value
                return str(text).format_map(_Known(values)) if values else str(text)
        raise KeyError(f"phrase {key!r} stands in no language")


class _Known(dict):
    """Leaves an unknown placeholder visible instead of failing in front of a resident."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
