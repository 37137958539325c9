"""How a message is cleaned before anything compares it."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_MASKS = re.compile(r"\[(?:hetu|phone|email|iban|card|address)\]")


def clean(text: str) -> str:
    """Lower case, one form of every letter, single spaces, masks of personal data removed."""
    text = unicodedata.normalize("NFKC", _MASKS.sub(" ", text)).casefold()
    return _SPACES.sub(" ", text).strip()


def fold(text: str) -> str:
    """`clean`, and letters without their marks: ä becomes a, as people without the key write it."""
    decomposed = unicodedata.normalize("NFD", clean(text))
    return "".join(char for char in decomposed if not unicodedata.combining(char))
