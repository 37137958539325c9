"""The learned score at run time: hashed features, one table of weights, numpy only.

The weights of all letters of a word are summed once and remembered, so a message costs one addition a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import exp, sqrt
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from verkkoapu.safety.features import LOUDNESS, group_features, pair_feature, word_features
from verkkoapu.safety.text import Clause, script

if TYPE_CHECKING:
    from verkkoapu.safety.guard import Reading

FORMAT = 1
_REMEMBERED = 50_000
_LANGUAGE_FLOOR = 0.04
_PAGE_LANGUAGE_FLOOR = 0.004
_SCRIPT_OF = {"ru": "cyrillic", "uk": "cyrillic", "ar": "arabic"}


@dataclass(frozen=True, slots=True)
class Scores:
    """How sure the learned score is, from 0 to 1, and the clause it rests on."""

    life: float
    danger: float
    topic: str
    topic_sure: float
    clause: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of a message that is scored by itself: the whole, a sentence or a piece of a long sentence."""

    clause: int  # -1 for the whole message
    words: list[str]
    groups: list[int]


def units(reading: Reading) -> Iterator[Unit]:
    """The whole message first, then, when there is more than one, its sentences and their pieces."""
    sentences = []
    for index, clause in enumerate(reading.clauses):
        sentences.append(Unit(index, clause.words, group_features(reading.labels[index])))
    every_word = [word for clause in reading.clauses for word in clause.words]
    yield Unit(-1, every_word, [place for unit in sentences for place in unit.groups])
    if len(sentences) > 1:
        yield from sentences
    for index, clause in enumerate(reading.clauses):
        for start, end in clause.pieces:
            span = ((1 << (end - start)) - 1) << start
            labels = {name: where & span for name, where in reading.labels[index].items() if where & span}
            yield Unit(index, clause.words[start:end], group_features(labels))


def known_word_key(word: str) -> int:
    """How a known word is kept: its checksum, not the word."""
    return crc32(word.encode())


class LearnedScore:
    """Loaded weights. Reading only, except for the memory of words, which is safe to lose or write twice."""

    def __init__(self, weights: np.ndarray, rarity: np.ndarray, bias: np.ndarray, columns: list[str],
                 known: Iterable[int]) -> None:
        self._weights = weights
        self._rarity = rarity
        self._bias = bias.astype(np.float32)
        self._known = frozenset(int(key) for key in known)
        #: The names of the weights' columns, as they are saved.
        self.columns = columns
        self._topics = [name.removeprefix("topic:") for name in columns if name.startswith("topic:")]
        self._languages = [name.removeprefix("language:") for name in columns if name.startswith("language:")]
        self._topic_columns = slice(2, 2 + len(self._topics))
        self._language_columns = slice(2 + len(self._topics), len(columns))
        self._memory: dict[tuple[str, ...], tuple[np.ndarray, float]] = {}

    @classmethod
    def load(cls, path: Path) -> LearnedScore:
        """Read a file that ``train`` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            if int(stored["format"]) != FORMAT:
                raise ValueError(f"{path.name} was made by another version; train again")
            return cls(stored["weights"], stored["rarity"], stored["bias"], [str(c) for c in stored["columns"]],
                       stored["known"])

    def is_known_word(self, word: str) -> bool:
        """A word seen in ordinary messages is not a misspelt sign."""
        return known_word_key(word) in self._known

    def languages(self, message: list[Clause], page: str | None) -> list[str]:
        """The languages the message may be in, the likeliest first."""
        words = [word for clause in message for word in clause.words]
        found: dict[str, float] = {}
        written = {script(clause.text) for clause in message}
        logits = (self._letters(words) + self._bias)[self._language_columns]
        for one in written:
            here = [(code, logit) for code, logit in zip(self._languages, logits, strict=True)
                    if _SCRIPT_OF.get(code, "latin") == one]
            if not here:
                continue
            top = max(logit for _, logit in here)
            total = sum(exp(logit - top) for _, logit in here)
            for code, logit in here:
                sure = exp(logit - top) / total
                if sure >= (_PAGE_LANGUAGE_FLOOR if code == page else _LANGUAGE_FLOOR) or len(words) < 3:
                    found[code] = sure
        return sorted(found, key=found.__getitem__, reverse=True)

    def score(self, reading: Reading) -> Scores:
        """The gravest of the whole message, its sentences and their pieces."""
        best_life = best_danger = -99.0
        clause = 0
        topic_logits = None
        for unit in units(reading):
            logits = self._letters(unit.words) + self._block(unit.groups, "groups") + self._bias
            best_life = max(best_life, float(logits[0]))
            if float(logits[1]) > best_danger:
                best_danger = float(logits[1])
                clause = max(unit.clause, 0)
                topic_logits = logits[self._topic_columns]
        assert topic_logits is not None, "a message has at least one unit"
        odds = np.exp(topic_logits - topic_logits.max())
        odds /= odds.sum()
        top = int(odds.argmax())
        return Scores(_sigmoid(best_life), _sigmoid(best_danger), self._topics[top], float(odds[top]), clause)

    def _letters(self, words: list[str]) -> np.ndarray:
        total = np.zeros(self._bias.shape[0], dtype=np.float32)
        square = 0.0
        for index, word in enumerate(words):
            one, size = self._word((word,))
            total += one
            square += size
            if index:
                one, size = self._word((words[index - 1], word))
                total += one
                square += size
        return total * (LOUDNESS["letters"] / sqrt(square)) if square else total

    def _word(self, key: tuple[str, ...]) -> tuple[np.ndarray, float]:
        found = self._memory.get(key)
        if found is None:
            if len(self._memory) > _REMEMBERED:  # a bound on memory, not a tuned cache
                self._memory.clear()
            places = word_features(*key) if len(key) == 1 else (pair_feature(*key),)
            found = self._memory[key] = self._sum(list(places))
        return found

    def _sum(self, places: list[int]) -> tuple[np.ndarray, float]:
        rarity = self._rarity[places].astype(np.float32)
        return rarity @ self._weights[places].astype(np.float32), float(rarity @ rarity)

    def _block(self, places: list[int], block: str) -> np.ndarray:
        if not places:
            return np.zeros(self._bias.shape[0], dtype=np.float32)
        total, square = self._sum(places)
        return total * (LOUDNESS[block] / sqrt(square)) if square else total


def _sigmoid(value: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, value))))
