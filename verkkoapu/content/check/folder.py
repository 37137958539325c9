"""The content folder as the rules see it: what was loaded, the raw lines, and where each thing stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from verkkoapu.clock import Clock
from verkkoapu.content.check.limits import Limits, load_limits
from verkkoapu.content.load import load_content
from verkkoapu.content.model import Content, TopicText
from verkkoapu.content.yamlfile import nested_lines, read_text
from verkkoapu.errors import ContentError
from verkkoapu.findings import Finding

#: {phone:…}, {hours:…}, {name:…}, and whatever else an editor put in braces.
BRACES = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True)
class Field:
    """One text that a resident reads: its place in the front matter (or "body"), and what is said there."""

    path: tuple[str | int, ...]
    said: str

    @property
    def name(self) -> str:
        """How a finding calls it: "summary", "follow-up 2", "body"."""
        return f"follow-up {int(self.path[1]) + 1}" if self.path[0] == "followups" else str(self.path[0])


@dataclass
class Folder:
    """A loaded content folder with its limits and the day of the check."""

    root: Path
    content: Content
    limits: Limits
    today: date
    found_at_load: list[Finding]
    _lines: dict[str, list[str]] = field(default_factory=dict)
    _nested: dict[str, dict[tuple, tuple[int, int]]] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Path, today: date | None = None) -> Folder:
        """Load the folder; raises ContentError when nothing usable is left."""
        found: list[Finding] = []
        limits = load_limits(root, found)
        try:
            content, at_load = load_content(root)
        except ContentError as exc:
            raise ContentError([*exc.findings, *found]) from exc
        return cls(root, content, limits, today or Clock().local().date(), [*at_load, *found])

    @property
    def tomorrow(self) -> date:
        return self.today + timedelta(days=1)

    def lines(self, file: str) -> list[str]:
        """The raw lines of a file; empty when it is not there."""
        if file not in self._lines:
            path = self.root / file
            try:
                self._lines[file] = read_text(path).splitlines() if path.is_file() else []
            except UnicodeDecodeError:  # the loader names it
                self._lines[file] = []
        return self._lines[file]

    def find(self, file: str, needle: str, first: int = 1, last: int | None = None) -> int:
        """The line of `needle` from line `first` on (to `last`); `first` when it is not found."""
        for number, line in enumerate(self.lines(file)[first - 1:last], first):
            if needle in line:
                return number
        return first

    def line(self, text: TopicText, path: tuple[str | int, ...], needle: str = "") -> int:
        """The line of one field of a topic, or of `needle` within it."""
        if path[0] == "body":
            return self.find(text.file, needle, text.body_line)
        if text.file not in self._nested:
            head = "\n".join(self.lines(text.file)[:max(text.body_line - 1, 1)])
            self._nested[text.file] = nested_lines(head.removeprefix("---").split("\n---", 1)[0])
        first, last = self._nested[text.file].get(path, (text.lines.get(str(path[0]), 1), None))
        return self.find(text.file, needle, first, last) if needle else first

    def texts(self) -> Iterator[TopicText]:
        """Every topic text, in the order of files."""
        yield from sorted(self.content.texts.values(), key=lambda text: text.file)

    def source(self, text: TopicText) -> TopicText | None:
        """The text this one was translated from; for one that says nothing, the first language that has the topic."""
        if text.translated_from:
            return self.content.texts.get((str(text.translated_from.get("language")), text.topic))
        for language in self.content.languages:
            if (language, text.topic) in self.content.texts:
                found = self.content.texts[language, text.topic]
                return None if found is text else found
        return None

    @cached_property
    def example_files(self) -> list[tuple[str, str, str, list[tuple[int, str]]]]:
        """(language, topic, file, [(line, message)]) of every examples file."""
        found = []
        for language in self.content.languages:
            for path in sorted((self.root / language / "examples").glob("*.txt")):
                file = path.relative_to(self.root).as_posix()
                messages = [(number, line.strip()) for number, line in enumerate(self.lines(file), 1)
                            if line.strip() and not line.lstrip().startswith("#")]
                found.append((language, path.stem, file, messages))
        return found

    def text_files(self) -> Iterator[str]:
        """Every file of the folder that holds words, rules of the check itself left out."""
        for path in sorted(self.root.rglob("*")):
            if path.suffix in (".md", ".yaml", ".txt", ".jsonl") and path.name not in ("never-show.yaml", "README.md"):
                yield path.relative_to(self.root).as_posix()


def fields(text: TopicText, questions: bool = True) -> Iterator[Field]:
    """What a resident reads of a topic: title, summary, audience, follow-ups, body."""
    if questions:
        yield Field(("title",), text.title)
    yield Field(("summary",), text.summary)
    yield Field(("audience",), text.audience)
    for number, followup in enumerate(text.followups):
        if questions:
            yield Field(("followups", number, "question"), followup.question)
        yield Field(("followups", number, "answer"), followup.answer)
    yield Field(("body",), text.body)
