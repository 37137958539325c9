"""Whether the languages of a topic say the same: numbers, prices, times, dates and contacts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial

from verkkoapu.content.check.folder import BRACES, Field, Folder, fields
from verkkoapu.content.check.limits import Speech
from verkkoapu.content.model import Content, TopicText
from verkkoapu.findings import Finding

_STEP_NUMBER = re.compile(r"^\s*\d+[.)]\s", re.MULTILINE)
_ADDRESS = re.compile(r"https?://\S+")
_DATE = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{4})?(?![\d])|(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_HALF_DAY = re.compile(r"(?<!\d)(\d{1,2})(?:[.:](\d{2}))?\s*([ap])\.?m\b\.?", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_THOUSANDS = {"en": re.compile(r"(?<=\d),(?=\d{3}(?!\d))")}
_SPACED_THOUSANDS = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")
_CONTACT = re.compile(r"(?:phone|hours|name):([a-z0-9-]+)")


def numbers_in(said: str, language: str, speech: Speech, names: tuple[str, ...] = ()) -> dict[str, str]:
    """The numbers of a text: {one form for all languages: as it is written}. 17,90 and 17.90 are the same, as are 8.30 and 8:30."""
    for name in names:
        said = said.replace(name, " ")
    said = _ADDRESS.sub(" ", BRACES.sub(" ", _STEP_NUMBER.sub(" ", said)))
    found: dict[str, str] = {}
    if not _DIGIT.search(said):
        return found

    def take(form: str, written: str) -> str:
        found.setdefault(form, written.strip())
        return " "

    def date(match: re.Match[str]) -> str:
        if match.group(4):
            return take(f"{match.group(4)}-{match.group(5)}-{match.group(6)}", match.group())
        day, month, year = int(match.group(1)), int(match.group(2)), match.group(3)
        if not (1 <= day <= 31 and 1 <= month <= 12):
            return match.group()
        return take((f"{year}-" if year else "") + f"{month:02d}-{day:02d}", match.group())

    def half_day(match: re.Match[str]) -> str:
        hour = int(match.group(1)) % 12 + (12 if match.group(3).lower() == "p" else 0)
        return take(_plain(f"{hour}.{match.group(2) or '0'}"), match.group())

    said = _DATE.sub(date, said)
    for number, patterns in enumerate(_month_patterns(speech.months), 1):
        for pattern, form in zip(patterns, (_day, _day, _month), strict=True):
            said = pattern.sub(partial(_take_dated, take, form, number), said)
    said = _HALF_DAY.sub(half_day, said)
    said = _SPACED_THOUSANDS.sub("", _THOUSANDS[language].sub("", said) if language in _THOUSANDS else said)
    for match in _NUMBER.finditer(said):
        take(_plain(match.group()), match.group())
    return found


def numbers_differ(folder: Folder) -> Iterator[Finding]:
    """A number in one language of a topic that the other does not have, in figures or in words."""
    for text in folder.texts():
        source = folder.source(text)
        if source is None:
            continue
        for here, there in _pairs(text, source):
            ours, theirs = folder.limits.speech(text.language), folder.limits.speech(source.language)
            names = folder.limits.name_with_number
            mine, other = numbers_in(here.said, text.language, ours, names), numbers_in(there.said, source.language, theirs, names)
            for form in sorted(mine.keys() - other.keys()):
                if not _in_words(form, there.said, theirs.number_words) and not _belongs_to_line(folder, text, here, source, there):
                    yield Finding(text.file, folder.line(text, here.path, mine[form]), "error",
                                  f"The {here.name} has the number {mine[form]}, {source.file}:{folder.line(source, there.path)} has not.",
                                  "Find out which is right and write the same in both.")
            for form in sorted(other.keys() - mine.keys()):
                if not _in_words(form, here.said, ours.number_words) and not _belongs_to_line(folder, text, here, source, there):
                    yield Finding(text.file, folder.line(text, here.path), "error",
                                  f"The {here.name} lacks the number {other[form]}, which stands in "
                                  f"{source.file}:{folder.line(source, there.path, other[form])}.",
                                  "Find out which is right and write the same in both.")


def contacts_differ(folder: Folder) -> Iterator[Finding]:
    """Contacts that one language of a topic offers and the other does not; lines that speak one language only may differ."""
    for text in folder.texts():
        source = folder.source(text)
        if source is None:
            continue
        parts = [(Field(("contacts",), ""), text.contacts, source.contacts)]
        mine, other = _named(text), _named(source)
        parts.append((Field(("body",), ""), tuple(mine), tuple(other)))
        for part, here, there in parts:
            where = "list of contacts" if part.path == ("contacts",) else "text"
            bases_here = {_base(name, folder.content): name for name in here}
            bases_there = {_base(name, folder.content): name for name in there}
            for base in sorted(bases_here.keys() - bases_there.keys()):
                name = bases_here[base]
                if _speaks_only_others(folder, name, source.language, there):
                    continue
                line = folder.line(text, ("contacts",)) if part.path == ("contacts",) else folder.line(text, mine[name], f":{name}}}")
                yield Finding(text.file, line, "error", f"The {where} names the contact '{name}', {source.file} does not.",
                              "Name the same contacts in both.")
            for base in sorted(bases_there.keys() - bases_here.keys()):
                name = bases_there[base]
                if _speaks_only_others(folder, name, text.language, here):
                    continue
                line = folder.line(text, ("contacts",)) if part.path == ("contacts",) else folder.line(text, other[name])
                yield Finding(text.file, line, "error", f"The {where} lacks the contact '{name}', which {source.file} names.",
                              "Name the same contacts in both.")


def _pairs(text: TopicText, source: TopicText) -> Iterator[tuple[Field, Field]]:
    """The fields that say the same thing. Where follow-ups differ in number, they are compared as a whole."""
    here, there = list(fields(text)), list(fields(source))
    if len(here) == len(there):
        yield from zip(here, there, strict=True)
        return
    for name in ("title", "summary", "audience", "followups", "body"):
        mine = [item for item in here if item.path[0] == name]
        other = [item for item in there if item.path[0] == name]
        yield (Field((name,), "\n".join(item.said for item in mine)), Field((name,), "\n".join(item.said for item in other)))


def _named(text: TopicText) -> dict[str, tuple[str | int, ...]]:
    """The contacts named in a text's placeholders, each with the field it first stands in."""
    found: dict[str, tuple[str | int, ...]] = {}
    for part in fields(text):
        for inside in BRACES.findall(part.said):
            match = _CONTACT.fullmatch(inside)
            if match:
                found.setdefault(match.group(1), part.path)
    return found


def _base(name: str, content: Content) -> str:
    """One name for lines that serve the same need in different languages: mieli-crisis-fi, mieli-crisis-sv."""
    if name in content.crisis_contacts.values():
        return "crisis line"
    stem, _, ending = name.rpartition("-")
    return stem if stem and (ending in content.languages or ending in content.crisis_contacts) else name


def _speaks_only_others(folder: Folder, name: str, language: str, named: tuple[str, ...]) -> bool:
    """Whether `name` is a line of one language that does not help readers of this one, who are `named` a line of their own."""
    def languages(line: str) -> tuple[str, ...]:
        contact = folder.content.contacts.get(line)
        return contact.languages if contact is not None and _base(line, folder.content) != line else ()

    return bool(languages(name)) and language not in languages(name) and any(language in languages(line) for line in named)


def _belongs_to_line(folder: Folder, text: TopicText, here: Field, source: TopicText, there: Field) -> bool:
    """Whether the two fields send to different lines of one family, whose hours or ages may differ too."""
    def special(part: Field) -> set[str]:
        return {name for name in _CONTACT.findall(part.said) if _base(name, folder.content) != name}

    return special(here) != special(there)


def _in_words(form: str, said: str, words: Mapping[str, tuple[str, ...]]) -> bool:
    lowered = said.casefold()
    return any(re.search(rf"(?<!\w){re.escape(word.casefold())}", lowered) for word in words.get(form, ()))


def _day(match: re.Match[str], month: int) -> str:
    day, year = match.groups()
    return (f"{year}-" if year else "") + f"{month:02d}-{int(day):02d}"


@lru_cache(maxsize=64)
def _month_patterns(months: tuple[str, ...]) -> list[tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]]:
    """For each month: "1. maaliskuuta 2026", "March 1, 2026", "March 2026"."""
    patterns = []
    for month in months:
        # "Toukokuussa" begins a sentence; a month with a capital in the list ("May") is not the word "may".
        name = f"[{month[0]}{month[0].upper()}]{month[1:]}"
        patterns.append((re.compile(rf"(?<!\d)(\d{{1,2}})\.?\s+{name}\w*(?:\s+(\d{{4}}))?"),
                         re.compile(rf"\b{name}\w*\s+(\d{{1,2}})(?!\d)(?:,?\s+(\d{{4}}))?"),
                         re.compile(rf"\b{name}\w*\s+(\d{{4}})")))
    return patterns


def _month(match: re.Match[str], month: int) -> str:
    return f"{match.group(1)}-{month:02d}"


def _take_dated(take: Callable[[str, str], str], form: Callable[[re.Match[str], int], str], month: int, match: re.Match[str]) -> str:
    return take(form(match, month), match.group())


def _plain(written: str) -> str:
    """17,90 and 17.9 and 8:30 in one form; more than one sign inside (1.2.3) is kept as it is."""
    parts = re.split(r"[.,:]", written)
    if len(parts) > 2:
        return written
    whole = str(int(parts[0]))
    rest = parts[1].rstrip("0") if len(parts) == 2 else ""
    return f"{whole}.{rest}" if rest else whole
