"""Text as the guard sees it: folded letters, words, clauses.

People in danger type badly: capitals, no dots on the letters, letters held down. Everything here brings two spellings
of one word together, the same way for the content and for the message.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

# Letters that Unicode does not take apart by itself. Persian letters stand for the sounds of spoken Iraqi Arabic:
# a person who writes "وگع" means the same word as one who writes "وقع".
_SAME = str.maketrans(
    {"ø": "o", "æ": "a", "đ": "d", "ł": "l", "ı": "i", "ß": "s", "ة": "ه", "ى": "ي", "گ": "ق", "چ": "ك", "پ": "ب",
     "ک": "ك", "ی": "ي", "ـ": None, "’": "'", "ʼ": "'", "`": "'", "´": "'", "‘": "'", "ґ": "г"}
)
_HELD_DOWN = re.compile(r"(.)\1{2,}")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
# A full stop inside a number or an abbreviation does not end a clause, so white space must follow it.
_CLAUSE_END = re.compile(r"(?<=[.!?…;؟])[\"')»”]*\s+|\n+")
_COMMA = re.compile(r"\s*[,،:–—]\s+|\s+-\s+")
_LONG_CLAUSE = 14
_SHORT_PIECE = 4


def fold(text: str) -> str:
    """Lower case, no accents, one spelling a letter, a letter held down counted once."""
    text = unicodedata.normalize("NFKD", text.casefold().translate(_SAME))
    text = "".join(letter for letter in text if not unicodedata.combining(letter)).translate(_SAME)
    return _HELD_DOWN.sub(r"\1", text)


def words(folded: str) -> list[str]:
    """The words of a folded text; "can't" becomes "cant", as many people write it."""
    return [word.replace("'", "") for word in _WORD.findall(folded)]


def script(text: str) -> str:
    """The script most letters are written in: latin, cyrillic or arabic."""
    cyrillic = arabic = latin = 0
    for letter in text:
        if "\u0400" <= letter <= "\u04ff":
            cyrillic += 1
        elif "\u0600" <= letter <= "\u06ff":
            arabic += 1
        elif letter.isalpha():
            latin += 1
    if arabic and arabic >= latin and arabic >= cyrillic:
        return "arabic"
    return "cyrillic" if cyrillic and cyrillic >= latin else "latin"


@dataclass(slots=True)
class Clause:
    """One sentence of a message: as it was written, and its folded words."""

    text: str
    words: list[str]
    pieces: list[tuple[int, int]] = field(default_factory=list)  # first word, word after the last


def clauses(text: str) -> list[Clause]:
    """The sentences of a message. A long sentence also gives its pieces between commas, for the learned score."""
    found = []
    for sentence in _CLAUSE_END.split(text):
        sentence_words = words(fold(sentence))
        if not sentence_words:
            continue
        clause = Clause(sentence.strip(), sentence_words)
        if len(sentence_words) > _LONG_CLAUSE:
            clause.pieces = _pieces(sentence, len(sentence_words))
        found.append(clause)
    return found


def _pieces(sentence: str, count: int) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    end = 0
    for part in _COMMA.split(sentence):
        start, end = end, end + len(words(fold(part)))
        if pieces and (end - start < _SHORT_PIECE or pieces[-1][1] - pieces[-1][0] < _SHORT_PIECE):
            pieces[-1] = (pieces[-1][0], end)
        elif end > start:
            pieces.append((start, end))
    return pieces if len(pieces) > 1 and end == count else []
