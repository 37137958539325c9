"""The training pairs of the search: what content says a message of each topic looks like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verkkoapu.content.model import Content

#: Pseudo-topics of messages that are nobody's here; content/<language>/examples/_<name>.txt holds their examples.
OUTSIDE = "_"


@dataclass(frozen=True)
class Example:
    """One text that belongs to a topic, and where it comes from (example, question, title, keyword)."""

    text: str
    topic: str
    language: str
    source: str


def examples_of(content: Content) -> Iterator[Example]:
    """Every example message (the pseudo-topics' too), question, title and keyword, by language and topic."""
    for (language, topic), texts in sorted(content.examples.items()):
        if topic in content.topics or topic.startswith(OUTSIDE):
            for text in texts:
                yield Example(text, topic, language, "example")
    for (language, topic), said in sorted(content.texts.items()):
        yield Example(said.title, topic, language, "title")
        for question in said.questions:
            yield Example(question, topic, language, "question")
        for keyword in said.keywords:
            yield Example(keyword, topic, language, "keyword")
