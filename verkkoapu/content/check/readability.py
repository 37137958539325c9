"""How hard a text is to read: LIX, long sentences and very long words.

LIX = words / sentences + 100 × long words / words, where a long word has more than six letters.
C. H. Björnsson: Läsbarhet, Liber, Stockholm 1968; across languages: C. H. Björnsson: Readability of newspapers in 11
languages, Reading Research Quarterly 18(4), 1983. He found the same ease at a higher figure in Finnish, whose words are
long: that is why the limits are per language in check.yaml (docs/decisions/0013-readability.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verkkoapu.content.check.folder import BRACES, Field, Folder, fields
from verkkoapu.content.model import TopicText
from verkkoapu.findings import Finding

LONG_LETTERS = 6
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_END = re.compile(r"(?<=[.!?:])[\"”’)]?\s+|\n+")
_MARKUP = re.compile(r"^\s*(?:#+|\d+[.)]|[-*])\s+|https?://\S+|\]\([^)]*\)|[*_\[\]`]", re.MULTILINE)
_HEADING = re.compile(r"^#+.*$", re.MULTILINE)


def sentences_in(said: str) -> list[str]:
    """The sentences of a text; each line of a list is at least one, headings are none, a placeholder counts as one word."""
    plain = BRACES.sub("nn", _MARKUP.sub("", _HEADING.sub("", said)))
    return [sentence.strip() for sentence in _END.split(plain) if _WORD.search(sentence)]


def lix(sentences: list[str]) -> float:
    """The LIX of some sentences; 0 for none."""
    words = [word for sentence in sentences for word in _WORD.findall(sentence)]
    if not words:
        return 0.0
    long_words = sum(len(word) > LONG_LETTERS for word in words)
    return len(words) / len(sentences) + 100 * long_words / len(words)


def sentences(folder: Folder) -> Iterator[Finding]:
    """A sentence that is too long to be taken in at once."""
    for text in folder.texts():
        limit = folder.limits.speech(text.language).sentence_words
        for part in _read(text) if limit else ():
            for sentence in sentences_in(part.said):
                count = len(sentence.split())
                if count > limit:
                    yield Finding(text.file, _line(folder, text, part, sentence), "warning",
                                  f"A sentence in the {part.name} has {count} words: “{' '.join(sentence.split()[:6])} …”",
                                  f"Make it two sentences; at most {limit} words each.")


def words(folder: Folder) -> Iterator[Finding]:
    """A word so long that it stops the reader; official names that must stay are listed in check.yaml."""
    for text in folder.texts():
        speech = folder.limits.speech(text.language)
        known = {word.casefold() for word in speech.known_words}
        for part in _read(text) if speech.word_letters else ():
            for word in dict.fromkeys(_WORD.findall(BRACES.sub(" ", _MARKUP.sub(" ", part.said)))):
                longest = max(word.replace("’", "-").split("-"), key=len)
                if len(longest) > speech.word_letters and not any(longest.casefold().startswith(start) for start in known):
                    yield Finding(text.file, folder.line(text, part.path, word), "warning", f"“{word}” is a very long word.",
                                  "Say it with shorter words, or list its beginning under known_words in check.yaml when it must stay.")


def whole_text(folder: Folder) -> Iterator[Finding]:
    """A text that is hard to read as a whole."""
    for text in folder.texts():
        limit = folder.limits.speech(text.language).lix
        for name, parts in (("summary", [Field(("summary",), text.summary)]), ("text", list(_read(text)))) if limit else ():
            value = round(lix([sentence for part in parts for sentence in sentences_in(part.said)]))
            # A summary is a few sentences: its figure swings more than that of a whole text.
            allowed = limit + (10 if name == "summary" else 0)
            if value > allowed:
                yield Finding(text.file, folder.line(text, parts[0].path), "warning",
                              f"The {name} is hard to read: LIX {value}, at most {allowed:g} in this language.",
                              "Use shorter sentences and everyday words.")


def _read(text: TopicText) -> Iterator[Field]:
    yield from fields(text, questions=False)


def _line(folder: Folder, text: TopicText, part: Field, sentence: str) -> int:
    """Where a sentence begins: its first words may be broken over two lines."""
    start = folder.line(text, part.path)
    for count in (4, 3, 2, 1):
        needle = " ".join(sentence.split()[:count])
        line = folder.line(text, part.path, needle)
        if line != start or needle in folder.lines(text.file)[start - 1]:
            return line
    return start
