"""Trains the learned score: ``python -m verkkoapu.safety.train --content content --out var/models/safety.npz``.

Four questions to one table of features: is it danger to life, is it any danger, which topic, which language. Sentences
of harmless messages are harmless; of a dangerous story only some sentence is, so the first fit picks the sentence for
the second. Typing errors and dangerous sentences inside ordinary stories are made here, from a fixed seed.
"""

from __future__ import annotations

import argparse
import random
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from verkkoapu.safety.data import TOPICS, Example, SafetyData, load, read_examples
from verkkoapu.safety.features import LOUDNESS, SIZE, pair_feature, word_features
from verkkoapu.safety.guard import SafetyGuard
from verkkoapu.safety.model import FORMAT, LearnedScore, Unit, known_word_key, units
from verkkoapu.safety.text import clauses, fold, words

FOLDS = 4
_SEED = 112
_STRENGTH = 1.0  # inverse regularisation, by cross-validation
_ROUNDS = 32
_PARTS_OF_ORDINARY = 0.5
_SEEN_OFTEN = 2
# Danger that is not plainly to life is a weak "no" to the life question: an alarm there is no fault.
_LIFE_WEIGHT = {"life": 1.5, "urgent": 0.4, "concern": 0.6, "none": 1.0}
_UNSURE_LIFE = {"mental-crisis", "domestic-violence"}
_HARD_NEGATIVE = 2.0


@dataclass(frozen=True, slots=True)
class Row:
    """One unit to learn from."""

    unit: Unit
    letters: list[int]
    example: Example
    hard: bool


def part(text: str, folds: int = FOLDS) -> int:
    """The fold of a message: by its text, so that it never moves."""
    return zlib.crc32(fold(text).encode()) % folds


def gather(content_dir: Path, data: SafetyData) -> list[Example]:
    """All labelled messages: the safety examples, the signs' own examples, and ordinary questions of other topics."""
    examples = read_examples(content_dir / "safety")
    for language in data.languages.values():
        for name, entry in language.signs.items():
            sign = data.signs[name]
            severity = "life" if sign.level == "alarm" else "urgent"
            examples += [Example(text, sign.topic, severity, "must", language.code) for text in entry.must]
            examples += [Example(text, "none", "none", "must-not", language.code) for text in entry.must_not]
    for path in sorted(content_dir.glob("*/examples/*.txt")):
        # A leading underscore marks no topic but a kind of question (medical advice, …) that may well be dangerous.
        if path.stem not in TOPICS and not path.stem.startswith("_"):
            lines = path.read_text(encoding="utf-8").splitlines()
            examples += [Example(line.strip(), path.stem, "none", "ordinary", path.parent.parent.name)
                         for line in lines if line.strip() and not line.startswith("#")]
    unique: dict[tuple[str, str], Example] = {}
    for example in examples:  # the first wins: a labelled safety example before a plain one
        unique.setdefault((example.language, fold(example.text)), example)
    return list(unique.values())


def widen(examples: Sequence[Example], rng: random.Random) -> list[Example]:
    """Examples as people also write them: with typing errors, and hidden in an ordinary question."""
    wide = []
    ordinary: dict[str, list[Example]] = {}
    for example in examples:
        if example.severity == "none":
            ordinary.setdefault(example.language, []).append(example)
    for example in examples:
        if example.severity == "none":
            if rng.random() < 0.06:
                wide.append(replace(example, text=mistype(example.text, rng)))
            continue
        if rng.random() < (0.7 if example.severity == "life" else 0.15):
            wide.append(replace(example, text=mistype(example.text, rng)))
        around = ordinary.get(example.language)
        if around and example.severity == "life":
            before, after = rng.choice(around).text, rng.choice(around).text
            wide.append(replace(example, text=f"{before} {example.text}. {after}"))
    return wide


def mistype(text: str, rng: random.Random) -> str:
    """A typing error in every fourth word: two letters swapped, one dropped or doubled."""
    typed = []
    for word in text.split(" "):
        if len(word) > 3 and rng.random() < 0.25:
            at = rng.randrange(1, len(word) - 1)
            word = rng.choice((word[:at] + word[at + 1] + word[at] + word[at + 2:], word[:at] + word[at + 1:],
                               word[:at] + word[at] + word[at:]))
        typed.append(word)
    return " ".join(typed)


def fit(examples: Sequence[Example], data: SafetyData, say: Callable[[str], None] = lambda line: None) -> LearnedScore:
    """Learn from these examples."""
    rng = random.Random(_SEED)
    known = _known_words(examples)
    # A guard that knows the known words but has no weights yet: signs and word groups as they will be at run time.
    reader = SafetyGuard(data, LearnedScore(np.zeros((1, 2)), np.zeros(1), np.zeros(2), ["life", "danger"], known))
    rows: list[Row] = []
    for example in [*examples, *widen(examples, rng)]:
        message = clauses(example.text)
        if message:
            is_hard = example.severity == "none" and example.style != "ordinary"
            # Ordinary questions outnumber the rest many times; the parts of every second one are enough.
            parts = example.style != "ordinary" or rng.random() < _PARTS_OF_ORDINARY
            rows += [Row(unit, _letter_places(unit), example, is_hard)
                     for unit in units(reader.groups(message, {example.language})) if parts or unit.clause < 0]
    rarity = _rarity(rows)
    table = _table(rows, rarity)
    say(f"{len(examples)} messages, {len(rows)} units, {table.nnz} features")

    whole: np.ndarray = np.array([row.unit.clause < 0 for row in rows])
    danger: np.ndarray = np.array([row.example.severity != "none" for row in rows])
    life: np.ndarray = np.array([row.example.severity == "life" for row in rows])
    hard: np.ndarray = np.array([_HARD_NEGATIVE if row.hard else 1.0 for row in rows])
    life_weight = hard * np.array([
        0.15 if row.example.severity == "urgent" and row.example.topic in _UNSURE_LIFE
        else _LIFE_WEIGHT[row.example.severity] for row in rows])
    # First fit: whole messages, and the parts of harmless ones.
    sure: np.ndarray = whole | ~danger
    life_use, danger_use = sure.copy(), sure.copy()
    models = {}
    for _ in range(2):
        models["life"] = _fit(table[life_use], life[life_use], life_weight[life_use])
        models["danger"] = _fit(table[danger_use], danger[danger_use], hard[danger_use])
        life_use = sure | _telling(rows, table, models["life"], life)
        danger_use = sure | _telling(rows, table, models["danger"], danger)
    say("life and danger learnt")
    telling = (whole & danger) | _telling(rows, table, models["danger"], danger)
    topics = np.array([row.example.topic for row in rows])
    models["topic"] = _fit(table[telling], topics[telling], np.ones(int(telling.sum())))
    spoken = np.array([row.example.language for row in rows])
    some = np.flatnonzero(np.arange(len(rows)) % 4 == 0)
    letters = _table([rows[index] for index in some], rarity, groups=False)
    models["language"] = _fit(letters, spoken[some], np.ones(len(some)), rounds=25)
    say("topics and languages learnt")
    return _pack(models, rarity, known)


def _known_words(examples: Sequence[Example]) -> list[int]:
    seen = Counter(word for example in examples if example.severity == "none" and example.style != "typo"
                   for word in set(words(fold(example.text))))
    return sorted({known_word_key(word) for word, count in seen.items() if count >= _SEEN_OFTEN})


def _letter_places(unit: Unit) -> list[int]:
    places = [place for word in unit.words for place in word_features(word)]
    return places + [pair_feature(first, second) for first, second in zip(unit.words, unit.words[1:], strict=False)]


def _rarity(rows: Sequence[Row]) -> np.ndarray:
    """How rare each feature is; common letters say little."""
    counts = np.zeros(SIZE, dtype=np.int64)
    for row in rows:
        np.add.at(counts, row.letters, 1)
        np.add.at(counts, row.unit.groups, 1)
    rarity = np.log((len(rows) + 1) / (np.minimum(counts, len(rows)) + 1)).astype(np.float16)
    rarity[counts == 0] = rarity[counts > 0].max()
    return rarity


def _table(rows: Sequence[Row], rarity: np.ndarray, groups: bool = True) -> csr_matrix:
    values, places, ends = [], [], [0]
    for row in rows:
        count = 0
        for block, found in (("letters", row.letters), ("groups", row.unit.groups if groups else [])):
            if not found:
                continue
            weight = rarity[found].astype(np.float32)
            length = float(np.sqrt(weight @ weight))
            weight *= LOUDNESS[block] / length if length else 0.0
            values.append(weight)
            places.append(found)
            count += len(found)
        ends.append(ends[-1] + count)
    return csr_matrix((np.concatenate(values), np.concatenate(places).astype(np.int32), np.array(ends)),
                      shape=(len(rows), SIZE))


@dataclass(slots=True)
class _Fitted:
    """A logistic regression over the whole table; features never seen have weight nought."""

    classes: list[str]
    weights: np.ndarray
    bias: np.ndarray

    def decide(self, table: csr_matrix) -> np.ndarray:
        return table @ self.weights[0] + self.bias[0]


def _fit(table: csr_matrix, answer: np.ndarray, weight: np.ndarray, rounds: int = _ROUNDS) -> _Fitted:
    # The solver's time goes into the length of its vectors: leave out features seen in one message only.
    seen = np.flatnonzero(np.bincount(table.indices, minlength=SIZE) > 1)
    found = LogisticRegression(C=_STRENGTH, max_iter=rounds, tol=1e-3).fit(table[:, seen], answer, sample_weight=weight)
    weights = np.zeros((found.coef_.shape[0], SIZE), dtype=np.float32)
    weights[:, seen] = found.coef_
    bias = found.intercept_
    if answer.dtype != bool and len(weights) == 1:  # two names: scikit-learn keeps one row for the pair
        weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
    return _Fitted([str(label) for label in found.classes_], weights, bias)


def _telling(rows: Sequence[Row], table: csr_matrix, model: _Fitted, positive: np.ndarray) -> np.ndarray:
    """The part of each dangerous message that the model so far finds most dangerous."""
    scores = model.decide(table)
    best: dict[int, int] = {}
    for index, row in enumerate(rows):
        if positive[index] and row.unit.clause >= 0:
            key = id(row.example)
            if key not in best or scores[index] > scores[best[key]]:
                best[key] = index
    found = np.zeros(len(rows), dtype=bool)
    found[list(best.values())] = True
    return found


def _pack(models: dict[str, _Fitted], rarity: np.ndarray, known: list[int]) -> LearnedScore:
    columns, weights, bias = ["life", "danger"], [], []
    for name in ("life", "danger"):
        weights.append(models[name].weights)
        bias.append(models[name].bias)
    for name in ("topic", "language"):
        columns += [f"{name}:{label}" for label in models[name].classes]
        weights.append(models[name].weights)
        bias.append(models[name].bias)
    table = np.concatenate(weights).T.astype(np.float16)
    return LearnedScore(np.ascontiguousarray(table), rarity, np.concatenate(bias), columns, known)


def save(model: LearnedScore, path: Path) -> None:
    """Write the model; a reader never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.npz")
    np.savez_compressed(partial, format=FORMAT, weights=model._weights, rarity=model._rarity, bias=model._bias,
                        columns=np.array(model.columns), known=np.array(sorted(model._known), dtype=np.uint32))
    partial.replace(path)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--content", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    data, findings = load(options.content)
    for finding in findings:
        print(finding, file=sys.stderr)
    model = fit(gather(options.content, data), data, say=lambda line: print(line, file=sys.stderr))
    save(model, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
