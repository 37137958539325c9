"""Whether every topic stands in every language, and follows the text it was translated from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verkkoapu.content.check.folder import Folder
from verkkoapu.content.model import TopicText
from verkkoapu.findings import Finding

_STEP = re.compile(r"^\s*(?:\d+[.)]|[-*])\s", re.MULTILINE)
_HEADING = re.compile(r"^##+\s", re.MULTILINE)


def missing(folder: Folder) -> Iterator[Finding]:
    """A topic that stands in one language and not in another; an error where a full answer is promised."""
    topics = folder.content.topics
    for topic in topics.values():
        present = [language for language in folder.content.languages if (language, topic.id) in folder.content.texts]
        for language in folder.content.languages:
            file = f"{language}/{topic.id}.md"
            if language in present or (folder.root / file).exists():  # a file that does not load has its own finding
                continue
            fix = f"Translate {present[0]}/{topic.id}.md and save it as {file}." if present else f"Write {file}."
            yield Finding(file, 1, "error" if topic.core or topic.safety else "warning",
                          f"The topic '{topic.id}' does not stand in the language '{language}'.", fix)


def unstamped_or_stale(folder: Folder) -> Iterator[Finding]:
    """A translation whose source has changed since, has gone, or was never noted."""
    for text in folder.texts():
        if not text.translated_from:
            continue
        line = folder.line(text, ("translated_from",))
        language = str(text.translated_from.get("language", ""))
        stamped = str(text.translated_from.get("version") or "")
        source = folder.source(text)
        if source is None or source is text:
            yield Finding(text.file, line, "error",
                          f"It says it is translated from '{language}', and there is no {language}/{text.topic}.md.",
                          "Name the language it was translated from, or write 'translated_from: null' when this text is the first one.")
        elif not stamped:
            yield Finding(text.file, line, "warning", "It is not noted which version of the source this was translated from.",
                          f"Compare it with {source.file}, then run 'make content-stamp'.")
        elif stamped != source.version:
            yield Finding(text.file, line, "warning", f"The source {source.file} has changed since this was translated.",
                          f"Compare the two and mend this text, then run 'verkkoapu content stamp --topic {text.topic} "
                          f"--language {text.language}'.")


def is_full(text: TopicText) -> bool:
    """Whether a topic has more than its title, summary and contacts."""
    return bool(text.body and text.followups)


def brief(folder: Folder) -> Iterator[Finding]:
    """A topic that should be full and has only a title and a summary."""
    for text in folder.texts():
        if folder.content.topics[text.topic].core and not is_full(text):
            yield Finding(text.file, 1, "warning", "A core topic has only its title and summary.",
                          "Add the steps under '## …' headings and three to six follow-ups.")


def shape(folder: Folder) -> Iterator[Finding]:
    """A translation with another number of headings, steps or follow-ups: something was left out or added."""
    for text in folder.texts():
        source = folder.source(text) if text.translated_from else None
        if source is None or source is text:
            continue
        if [item.kind for item in text.followups] != [item.kind for item in source.followups]:
            yield Finding(text.file, folder.line(text, ("followups",)), "warning",
                          f"The follow-ups are not those of {source.file}: {_kinds(text)} here, {_kinds(source)} there.",
                          "Translate the missing one, or put them in the same order.")
        for what, pattern in (("headings", _HEADING), ("steps and points", _STEP)):
            here, there = len(pattern.findall(text.body)), len(pattern.findall(source.body))
            if here != there:
                yield Finding(text.file, text.body_line, "warning", f"The body has {here} {what}, {source.file} has {there}.",
                              "Compare the two texts: add what is missing or take away what is extra.")


def _kinds(text: TopicText) -> str:
    return ", ".join(item.kind for item in text.followups) or "none"
