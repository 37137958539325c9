"""Which catalogue entry each of our contacts is: proposals by number, name, municipality and class.

A proposal is "sure" only when an editor would agree without looking: the same number or nearly the same name, nothing
against it, and no other entry near it. Everything else is to be chosen.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from verkkoapu.catalogue.convert import Entry
from verkkoapu.catalogue.values import names_of
from verkkoapu.content.model import Contact, Content

#: From this score an entry is worth showing; with SURE and a lead of MARGIN nobody needs to choose.
WORTH, SURE, MARGIN = 0.45, 0.85, 0.12
SHOWN = 5
_WORD = re.compile(r"[^\W\d_]{2,}|\d+")
#: Words in nearly every name: they tell nothing apart.
_COMMON = frozenset({
    "ja", "och", "and", "palvelut", "palvelu", "service", "tjänster", "services", "för", "the", "of", "for",
})


@dataclass(frozen=True)
class Candidate:
    """One entry that a contact may be, with the reasons as codes of texts (match.reason.…)."""

    entry: Entry
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """What is proposed for one contact. `sure` needs no editor; an empty list means that nothing is like it."""

    contact: Contact
    candidates: tuple[Candidate, ...]
    sure: bool


def propose(content: Content, entries: Iterable[Entry], municipality_codes: dict[str, str]) -> list[Proposal]:
    """A proposal for each contact; `municipality_codes` gives our municipality's code by its id."""
    index = _Index(entry for entry in entries if entry.status == "published" and entry.kind != "organisation")
    topics = _topic_words(content)
    return [_propose(contact, index, topics.get(contact.id, frozenset()), municipality_codes)
            for contact in content.contacts.values()]


def municipality_codes(content: Content, entries: Iterable[Entry]) -> dict[str, str]:
    """Our municipalities' codes, learnt from the names that stand in the records themselves."""
    by_name = {name.lower(): number for number, name in _municipality_names(entries)}
    found = {}
    for municipality in (*content.municipalities.values(), *content.other_municipalities.values()):
        for name in municipality.names.values():
            if name.lower() in by_name:
                found[municipality.id] = by_name[name.lower()]
    return found


def words_of(*texts: str) -> frozenset[str]:
    """The telling words of names, in small letters."""
    return frozenset(word for text in texts for word in _WORD.findall(text.lower()) if word not in _COMMON)


def alike(one: str, other: str) -> float:
    """How alike two names are, 0 to 1: the share of common words, inflected ones counted a little less."""
    first, second = words_of(one), words_of(other)
    if not first or not second:
        return 0.0
    common = first & second
    left = set(second - common)
    value = float(len(common))
    for word in first - common:
        near = next((found for found in left if _inflected(word, found)), None)
        if near is not None:
            left.discard(near)
            value += 0.9
    return value / (len(first) + len(second) - len(first & second) - (len(second - common) - len(left)))


def _inflected(one: str, other: str) -> bool:
    """Whether two words differ only at their ends: terveysasema and terveysasemat, mottagning and mottagningar."""
    shorter = min(len(one), len(other))
    return shorter >= 4 and abs(len(one) - len(other)) <= 3 and one[:max(4, shorter - 2)] == other[:max(4, shorter - 2)]


class _Index:
    """Entries by number and by the beginnings of their words, so that 105 contacts need not meet 20 000 entries."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.by_phone: dict[str, list[Entry]] = defaultdict(list)
        self.by_word: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            for phone in entry.phones:
                self.by_phone[phone.number].append(entry)
            for stem in {word[:5] for word in words_of(*entry.names.values())}:
                self.by_word[stem].append(entry)

    def near(self, contact: Contact) -> list[Entry]:
        found = {entry.id: entry for entry in self.by_phone.get(contact.phone or "", [])}
        stems = {word[:5] for word in words_of(*contact.names.values())}
        # A word that very many entries have (terveysasema) is looked up all the same: the municipality decides.
        for stem in stems:
            found.update((entry.id, entry) for entry in self.by_word.get(stem, []))
        return list(found.values())


def _propose(contact: Contact, index: _Index, topic_words: frozenset[str], codes: dict[str, str]) -> Proposal:
    own_codes = {codes[name] for name in contact.municipalities if name in codes}
    scored = [_score(contact, entry, topic_words, own_codes) for entry in index.near(contact)]
    found = sorted((c for c in scored if c.score >= WORTH), key=lambda c: (-c.score, c.entry.id))[:SHOWN]
    lead = not found[1:] or found[0].score - found[1].score >= MARGIN
    return Proposal(contact, tuple(found), bool(found) and found[0].score >= SURE and lead)


def _score(contact: Contact, entry: Entry, topic_words: frozenset[str], own_codes: set[str]) -> Candidate:
    reasons = []
    name = max((alike(mine, theirs) for language, mine in contact.names.items()
                if (theirs := entry.names.get(language))), default=0.0)
    score = 0.75 * name
    if name >= 0.6:
        reasons.append("name")
    if contact.phone and any(phone.number == contact.phone for phone in entry.phones):
        score += 0.55
        reasons.append("number")
    served = entry.municipality_codes()
    if own_codes and served:
        if own_codes & served:
            # A place in the one municipality says more than a service for the whole county.
            score += 0.15 if len(served) == 1 else 0.05
            reasons.append("municipality")
        else:
            score -= 0.5
            reasons.append("other_municipality")
    classes = words_of(*(word for code in entry.classes for word in code.names.values()),
                       *(word for names in entry.service_names for word in names.values()))
    if topic_words & classes:
        score += 0.1
        reasons.append("class")
    if contact.kind == entry.our_kind:
        score += 0.05
        reasons.append("kind")
    elif contact.kind in ("phone", "place") and entry.our_kind == "online":
        score -= 0.15
    return Candidate(entry, round(max(0.0, min(1.0, score)), 3), tuple(reasons))


def _topic_words(content: Content) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for text in content.texts.values():
        for contact in text.contacts:
            found[contact] |= words_of(text.title, *text.keywords)
    return {contact: frozenset(words) for contact, words in found.items()}


def _municipality_names(entries: Iterable[Entry]):
    for entry in entries:
        for area in entry.areas:
            for code, names in area.municipalities:
                for name in (names_of({"name": names}) or {}).values():
                    yield code, name
