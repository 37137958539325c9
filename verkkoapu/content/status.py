"""The table of languages and topics: what is full, what is only a summary, what is missing or behind its source."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from verkkoapu.content.check.translations import is_full
from verkkoapu.content.load import load_content
from verkkoapu.content.model import Content, TopicText

STATES = ("full", "summary", "stale", "missing")


@dataclass(frozen=True)
class Cell:
    """One topic in one language."""

    topic: str
    language: str
    core: bool
    safety: bool
    state: str
    examples: int


def content_status(folder: Path) -> list[Cell]:
    """Every topic in every language, in the order of topics.yaml."""
    content, _findings = load_content(folder)
    return [
        Cell(topic.id, language, topic.core, topic.safety, _state(content, content.texts.get((language, topic.id))),
             len(content.examples.get((language, topic.id), ())))
        for topic in content.topics.values() for language in content.languages
    ]


def as_json(cells: list[Cell]) -> str:
    """One object a topic and language."""
    return json.dumps([asdict(cell) for cell in cells], ensure_ascii=False, indent=1)


def as_text(cells: list[Cell]) -> str:
    """An aligned table, one line a topic, with the number of examples beside each state, and the totals."""
    languages = list(dict.fromkeys(cell.language for cell in cells))
    by_place = {(cell.topic, cell.language): cell for cell in cells}
    topics = list(dict.fromkeys(cell.topic for cell in cells))
    wide = max(len(topic) for topic in topics)
    lines = [f"{'topic':<{wide}}  {'':<6}  " + "  ".join(f"{language:<12}" for language in languages)]
    for topic in topics:
        first = by_place[topic, languages[0]]
        mark = "safety" if first.safety else "core" if first.core else ""
        row = "  ".join(f"{by_place[topic, language].state:<7} {by_place[topic, language].examples:>4}" for language in languages)
        lines.append(f"{topic:<{wide}}  {mark:<6}  {row}")
    lines.append("")
    for language in languages:
        mine = [cell for cell in cells if cell.language == language]
        counts = Counter(cell.state for cell in mine)
        states = ", ".join(f"{counts[state]} {state}" for state in STATES)
        lines.append(f"{language}: {states}; {sum(cell.examples for cell in mine)} example messages, "
                     f"fewest {min(cell.examples for cell in mine)} a topic.")
    return "\n".join(lines)


def _state(content: Content, text: TopicText | None) -> str:
    if text is None:
        return "missing"
    if text.translated_from:
        source = content.texts.get((str(text.translated_from.get("language")), text.topic))
        if source is None or str(text.translated_from.get("version") or "") != source.version:
            return "stale"
    return "full" if is_full(text) else "summary"
