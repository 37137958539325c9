"""The small language the signs are written in, and its parser.

A nurse writes ``@not breath*`` and means: a word of the group "not", then, at most one word later, a word that begins
with "breath". The whole language:

=====================  ==========================================================================
``word``               this word
``stem*``              a word that begins so; ``*end``, ``*inside*``
``(a|b c*|d)``         one of these; a choice may have several words
``(a|b)?``             one of these, or nothing
``@group``             a word of the group (see ``words:`` in the language file)
space                  the next word follows, with at most one other word between
``a_b``                the next word follows at once
``a ... b``            the next word follows, with at most five other words between
``a + b``              both in the same sentence, in any order, at most fourteen words apart
``a - b``              the first, and the second nowhere in the sentence
``a ++ b``             both somewhere in the message
=====================  ==========================================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from verkkoapu.safety.text import fold, words

NEAR, FAR, AT_ONCE = 1, 5, 0
MOST_EXPANSIONS = 400
_TOKEN = re.compile(r"\(|\)\?|\)|\||\+\+|\+|\.\.\.|_|@[\w-]+|\*?[^\s()|+_*@]+\*?|\s+")


class PatternError(ValueError):
    """A pattern that cannot be read; the text says what to change."""


@dataclass(frozen=True, slots=True)
class Test:
    """What one word must look like."""

    text: str
    open_start: bool = False
    open_end: bool = False


Tests = frozenset[Test]
Step = tuple[int, Tests]  # how many other words may stand before it, and what the word must look like
Sequence = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Sequences of which one must be found."""

    sequences: tuple[Sequence, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """``scenes`` must all be somewhere in the message; the parts of one scene all in one sentence."""

    source: str
    scenes: tuple[tuple[Part, ...], ...]
    without: tuple[Part, ...]


Words = dict[str, list[str]]


def parse(source: str, groups: Words) -> Pattern:
    """Read one pattern. ``groups`` are the word groups of its language."""
    wanted, *unwanted = re.split(r"\s+-\s+", source)
    scenes = tuple(
        tuple(_part(piece, groups) for piece in re.split(r"\s+\+\s+", scene))
        for scene in re.split(r"\s+\+\+\s+", wanted)
    )
    return Pattern(source, scenes, tuple(_part(piece, groups) for piece in unwanted))


@lru_cache(maxsize=50_000)
def phrase_tests(phrase: str) -> tuple[Test, ...]:
    """The word tests of a phrase without signs other than the star."""
    tests = []
    for word in phrase.split():
        core = word.strip("*")
        folded = "".join(words(fold(core)))
        if not folded or "*" in core:
            raise PatternError(f"“{word}” is not a word")
        if word != core and len(folded) < 2:
            raise PatternError(f"“{word}” is too short for a star: it would fit almost any word")
        tests.append(Test(folded, word.startswith("*"), word.endswith("*")))
    return tuple(tests)


def _part(piece: str, groups: Words) -> Part:
    if not piece.strip():
        raise PatternError("a sign (+ or -) has nothing beside it")
    choices: list[tuple[int, list[str]]] = []
    gap = NEAR
    tokens = [token for token in _TOKEN.findall(piece)]
    if "".join(tokens) != piece:
        raise PatternError(f"cannot read “{piece}”")
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token.isspace():
            continue
        if token == "...":
            gap = FAR
            continue
        if token == "_":
            gap = AT_ONCE
            continue
        if token == "(":
            options, position = _choice(tokens, position, groups)
            if tokens[position - 1] == ")?":
                options = [*options, ""]
        elif token.startswith("@"):
            options = _group(token[1:], groups)
        elif token in (")", ")?", "|", "+", "++"):
            raise PatternError(f"a “{token}” stands alone")
        else:
            options = [token]
        choices.append((gap, options))
        gap = NEAR
    if not choices:
        raise PatternError(f"“{piece}” has no words")
    return Part(_expand(choices))


def _choice(tokens: list[str], position: int, groups: Words) -> tuple[list[str], int]:
    options: list[str] = []
    current: list[str] = []
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token in ("|", ")", ")?"):
            text = "".join(current).replace("_", " ").strip()
            if not text:
                raise PatternError("an empty choice between ( and )")
            options += _group(text[1:], groups) if text.startswith("@") and " " not in text else [text]
            current = []
            if token != "|":
                return options, position
        else:
            current.append(token)
    raise PatternError("a ( is never closed")


def _group(name: str, groups: Words) -> list[str]:
    if name not in groups:
        raise PatternError(f"there is no word group “{name}”")
    return groups[name]


def _expand(choices: list[tuple[int, list[str]]]) -> tuple[Sequence, ...]:
    """Choices of several words become sequences of their own; single words of one choice stay one step."""
    alternatives: list[list[Sequence]] = []
    count = 1
    for gap, options in choices:
        single: set[Test] = set()
        several: list[Sequence] = []
        for option in options:
            tests = phrase_tests(option)
            if not tests:
                several.append(())
                continue
            if len(tests) == 1:
                single.add(tests[0])
            else:
                steps = [(gap if index == 0 else AT_ONCE, frozenset([test])) for index, test in enumerate(tests)]
                several.append(tuple(steps))
        here = ([((gap, frozenset(single)),)] if single else []) + several
        alternatives.append(here)
        count *= len(here)
    if count > MOST_EXPANSIONS:
        raise PatternError(f"too many combinations ({count}); split the pattern in two")
    sequences = (tuple(step for sequence in combination for step in sequence) for combination in product(*alternatives))
    return tuple(sequence for sequence in sequences if sequence)
