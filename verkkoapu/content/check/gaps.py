"""What is not known yet, as editors wrote it down. A gap is listed and never fails the check."""

from __future__ import annotations

from collections.abc import Iterator

from verkkoapu.content.check.folder import Folder
from verkkoapu.findings import Finding


def contacts(folder: Folder) -> Iterator[Finding]:
    """What is not known about a contact."""
    for contact in folder.content.contacts.values():
        for said in contact.gaps:
            line = folder.find(contact.file, said[:40], folder.find(contact.file, "gaps:", contact.line))
            yield _gap(contact.file, line, f"{contact.id}: {said}")


def topics(folder: Folder) -> Iterator[Finding]:
    """What is not known about a topic."""
    for text in folder.texts():
        for number, said in enumerate(text.gaps):
            yield _gap(text.file, folder.line(text, ("gaps", number)), f"{text.topic}: {said}")


def _gap(file: str, line: int, message: str) -> Finding:
    # Finding knows errors and warnings; a gap is neither, and only the check's own report shows it.
    return Finding(file, line, "gap", message, "Find it out, write it in, and remove the gap.")  # type: ignore[arg-type]
