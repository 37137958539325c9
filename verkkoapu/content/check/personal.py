"""Personal data in example messages: a real person's code or number must never become training data."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verkkoapu.content.check.folder import Folder
from verkkoapu.findings import Finding
from verkkoapu.privacy import PrivacyMask

#: Everything the mask finds has a digit or an at sign in it; most messages have neither.
_MAY_HOLD = re.compile(r"\d|@|\(at\)|\[at\]", re.IGNORECASE)
_NAMES = {"hetu": "a personal identity code", "phone": "a phone number", "email": "an e-mail address", "iban": "an account number",
          "card": "a card number", "address": "a street address"}


def in_examples(folder: Folder) -> Iterator[Finding]:
    """What the privacy mask would hide in a resident's message; an address may be a public one, so it is a warning."""
    mask = PrivacyMask(contact.phone for contact in folder.content.contacts.values() if contact.phone)
    for _language, _topic, file, messages in folder.example_files:
        for line, message in messages:
            yield from _found(mask, file, line, message)
    for path in sorted((folder.root / "safety" / "examples").glob("*.jsonl")):
        file = path.relative_to(folder.root).as_posix()
        for line, message in enumerate(folder.lines(file), 1):
            yield from _found(mask, file, line, message)


def _found(mask: PrivacyMask, file: str, line: int, message: str) -> Iterator[Finding]:
    if not _MAY_HOLD.search(message):
        return
    for kind in mask.mask(message).kinds:
        yield Finding(file, line, "warning" if kind == "address" else "error", f"The message holds {_NAMES.get(kind, kind)}.",
                      "Take it out; the message teaches as much without it.")
