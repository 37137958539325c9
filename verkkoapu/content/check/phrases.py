"""What the bot says between answers: every phrase in every language, with the same placeholders."""

from __future__ import annotations

from collections.abc import Iterator

from verkkoapu.content.check.folder import BRACES, Folder
from verkkoapu.content.messages.keys import phrase_keys
from verkkoapu.findings import Finding


def missing(folder: Folder) -> Iterator[Finding]:
    """A phrase that stands in one language and not in another."""
    phrases = folder.content.phrases
    every = sorted({key for known in phrases.values() for key in known})
    for language, known in phrases.items():
        for key in every if known else ():  # a file that is missing or broken has its own finding
            if key not in known or known[key] in (None, "", []):
                here = next(other for other in phrases if key in phrases[other])
                yield Finding(_file(language), _line(folder, language, key), "error", f"The phrase '{key}' is missing.",
                              f"Translate it from {_file(here)}:{_line(folder, here, key)}.")


def placeholders(folder: Folder) -> Iterator[Finding]:
    """A phrase whose {placeholders} are others than in the first language."""
    phrases = folder.content.phrases
    for key in sorted({key for known in phrases.values() for key in known}):
        first: tuple[str, set[str]] | None = None
        for language, known in phrases.items():
            if key not in known:
                continue
            inside = set(BRACES.findall(str(known[key])))
            if first is None:
                first = (language, inside)
            elif inside != first[1]:
                yield Finding(_file(language), _line(folder, language, key), "error",
                              f"The phrase '{key}' has the placeholders {_list(inside)}; {_file(first[0])} has {_list(first[1])}.",
                              "Use the same placeholders in every language; never translate the word inside the braces.")


def unknown_topics(folder: Folder) -> Iterator[Finding]:
    """A topic offered with the greeting that is no topic."""
    for language, known in folder.content.phrases.items():
        offered = known.get("greeting_topics")
        for topic in offered if isinstance(offered, list) else ():
            if topic not in folder.content.topics:
                yield Finding(_file(language), _line(folder, language, "greeting_topics"), "error", f"There is no topic '{topic}'.",
                              "Use ids from topics.yaml.")


def used_in_code(folder: Folder) -> Iterator[Finding]:
    """A phrase that the program asks for and no language has."""
    phrases = folder.content.phrases
    every = {key for known in phrases.values() for key in known}
    if not every:
        return
    language = next(iter(phrases))
    for key, where in sorted(phrase_keys().items()):
        if key not in every:
            yield Finding(_file(language), 1, "error", f"The phrase '{key}' is used in {where} and stands in no language.",
                          f"Add '{key}: …' in every language.")


def _file(language: str) -> str:
    return f"{language}/phrases.yaml"


def _line(folder: Folder, language: str, key: str) -> int:
    for number, line in enumerate(folder.lines(_file(language)), 1):
        if line.startswith(f"{key}:"):
            return number
    return 1


def _list(names: set[str]) -> str:
    return ", ".join("{" + name + "}" for name in sorted(names)) or "none"
