"""How long a title, a summary and an answer may be."""

from __future__ import annotations

from collections.abc import Iterator

from verkkoapu.content.check.folder import Folder
from verkkoapu.findings import Finding


def titles(folder: Folder) -> Iterator[Finding]:
    """A title that does not fit on a button."""
    limit = folder.limits.title_characters
    for text in folder.texts():
        if len(text.title) > limit:
            yield Finding(text.file, folder.line(text, ("title",)), "error", f"The title has {len(text.title)} characters; {limit} fit.",
                          "Say only what the resident wants to get done.")


def summaries(folder: Folder) -> Iterator[Finding]:
    """A summary that a worried person does not read to its end."""
    limit = folder.limits.summary_words
    for text in folder.texts():
        words = len(text.summary.split())
        if words > limit:
            yield Finding(text.file, folder.line(text, ("summary",)), "error", f"The summary has {words} words; at most {limit} are read.",
                          "Keep the most important thing first and move the rest into the body.")


def answers(folder: Folder) -> Iterator[Finding]:
    """A follow-up answer that is too long for a chat."""
    limit = folder.limits.answer_words
    for text in folder.texts():
        for number, followup in enumerate(text.followups):
            words = len(followup.answer.split())
            if words > limit:
                yield Finding(text.file, folder.line(text, ("followups", number, "answer")), "error",
                              f"The answer of follow-up {number + 1} has {words} words; at most {limit} are read.",
                              "Shorten it, or move the rest into the body.")
