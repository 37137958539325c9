"""The evaluation messages: written apart from content, never trained on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

STYLES = ("plain", "colloquial", "keyword", "story", "typo")
#: Kinds of evaluation/outside.*.jsonl that must not be answered as if they were a topic of ours.
NOT_OURS = ("other-authority", "other-county", "medical-advice", "gibberish", "insult", "injection")


@dataclass(frozen=True)
class Message:
    """One message; `topic` is None for what is not ours, then `style` is its kind."""

    text: str
    topic: str | None
    style: str
    language: str


def read_messages(folder: Path, languages: list[str]) -> list[Message]:
    """The messages about topics."""
    return [Message(row["text"], row["topic"], row["style"], language)
            for language in languages for row in _rows(folder / f"{language}.jsonl")]


def read_outside(folder: Path, languages: list[str]) -> list[Message]:
    """The messages that are nobody's here, or no question."""
    return [Message(row["text"], None, row["kind"], language)
            for language in languages for row in _rows(folder / f"outside.{language}.jsonl")]


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
