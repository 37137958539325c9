"""The questions that tell neighbouring topics apart: known topics, every language, a question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from verkkoapu.content.check.folder import Folder
from verkkoapu.findings import Finding


def questions(folder: Folder) -> Iterator[Finding]:
    """A telling question that is incomplete, or names no topic; and a neighbour that is none."""
    content = folder.content
    for topic in content.topics.values():
        line = folder.find("topics.yaml", f"id: {topic.id},", folder.find("topics.yaml", f"id: {topic.id}"))
        if topic.neighbour and topic.neighbour not in content.topics:
            yield Finding("topics.yaml", line, "error", f"'{topic.id}' has the neighbour '{topic.neighbour}', which is no topic.",
                          "Use the id of a topic in 'not'.")
        if not isinstance(topic.tell_apart, Mapping):
            yield Finding("topics.yaml", line, "error", f"'tell_apart' of '{topic.id}' cannot be read.",
                          "Write tell_apart: {other-topic: {fi: …?, sv: …?, en: …?}}.")
            continue
        for other, asked in topic.tell_apart.items():
            at = folder.find("topics.yaml", f"{other}:", line)
            if other not in content.topics or other == topic.id:
                yield Finding("topics.yaml", at, "error", f"'{topic.id}' is told apart from '{other}', which is no other topic.",
                              "Use the id of another topic.")
            said = asked if isinstance(asked, Mapping) else {}
            lacking = [language for language in content.languages if not str(said.get(language) or "").strip()]
            if lacking:
                yield Finding("topics.yaml", at, "error",
                              f"The question that tells '{topic.id}' from '{other}' does not stand in: {', '.join(lacking)}.",
                              f"Add {lacking[0]}: …? to it.")
            for language, question in said.items():
                if str(question or "").strip() and str(question).strip()[-1] not in "?؟":
                    yield Finding("topics.yaml", folder.find("topics.yaml", str(question)[:30], at), "warning",
                                  f"“{question}” ({language}) is not a question.", "End it with a question mark.")
