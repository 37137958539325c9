"""How a message is cleaned before anything compares it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\s*\n\s*")
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


def sentences(text: str) -> list[str]:
    """The sentences of a message of several, without the shortest (a greeting says nothing); none when it is one."""
    found = [part for part in _SENTENCE_END.split(text) if len(part.split()) >= 3]
    return found[:12] if len(found) > 1 else []


def without_negated(text: str, patterns: Sequence[str]) -> str:
    """A cleaned text without what it says is not wanted ("en halua lääkäriä vaan …"), when something is left."""
    for pattern in patterns:
        rest = _SPACES.sub(" ", _compiled(pattern).sub(" ", text)).strip()
        if len(rest) >= 4:
            text = rest
    return text


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
