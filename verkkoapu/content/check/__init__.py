"""The content check: what an editor must mend, with file, line and fix. One module per family of rules.

A rule is a function that takes the Folder and yields findings. Errors fail the build; warnings ask an editor to look;
gaps are what is not known yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from verkkoapu.content.check import (
    agreement,
    contacts,
    examples,
    gaps,
    lengths,
    links,
    numbers,
    personal,
    phrases,
    readability,
    review,
    safety,
    telling,
    translations,
)
from verkkoapu.content.check.folder import Folder
from verkkoapu.errors import ContentError
from verkkoapu.findings import Finding

#: Every rule, in the order in which they run. What does not load (YAML, hours, kinds) the loader itself reports.
RULES: tuple[Callable[[Folder], Iterator[Finding]], ...] = (
    translations.missing, translations.unstamped_or_stale, translations.brief, translations.shape,
    agreement.numbers_differ, agreement.contacts_differ,
    contacts.unknown_in_topics, contacts.placeholders, contacts.unknown_in_service, contacts.static_have_phones, contacts.untranslated,
    numbers.written_out, numbers.never_shown,
    links.internal, links.not_https, links.of_contacts,
    review.dates,
    lengths.titles, lengths.summaries, lengths.answers,
    readability.sentences, readability.words, readability.whole_text,
    examples.unknown_topic, examples.two_topics, examples.copies, examples.too_few,
    personal.in_examples,
    phrases.missing, phrases.placeholders, phrases.unknown_topics, phrases.used_in_code,
    telling.questions,
    safety.contact_in_front, safety.data, safety.replies, safety.same_topics,
    gaps.contacts, gaps.topics,
)


def check_content(root: Path, today: date | None = None) -> list[Finding]:
    """Every finding about a content folder, in the order of files and lines."""
    try:
        folder = Folder.read(root, today)
    except ContentError as exc:
        return sorted(exc.findings)
    found = set(folder.found_at_load)
    for rule in RULES:
        found.update(rule(folder))
    return sorted(found)
