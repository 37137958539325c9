"""The search itself: parts fused into one probability a topic, and the decision what to do with it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from verkkoapu.errors import SearchUnavailable
from verkkoapu.search.embedding import Embedder
from verkkoapu.search.ngrams import NgramClassifier, softmax
from verkkoapu.search.text import clean, sentences, without_negated
from verkkoapu.search.training import OUTSIDE


@dataclass(frozen=True)
class Hit:
    """A topic and the probability that the message is about it."""

    topic: str
    score: float


@dataclass(frozen=True)
class Decision:
    """What to do: "answer" the first hit, "clarify" between hits, "unknown", or "outside" (hits[0] names which)."""

    kind: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class Fusion:
    """How the parts are joined and when to speak; kept in content/search.yaml, which says how each was chosen."""

    ngram_weight: float = 1.0
    embedding_weight: float = 4.0
    sentence_weight: float = 0.3
    temperature: float = 0.8
    answer_above: float = 0.75
    clarify_above: float = 0.05
    outside_above: float = 0.70
    familiar_above: float = 0.45
    second_matter_above: float = 0.80
    #: Per pattern: what it matches is dropped before the search ("I don't want a doctor but …").
    negations: tuple[str, ...] = ()


class SearchIndex:
    """Finds topics. Load once a process; safe to use from several threads (nothing is written)."""

    def __init__(self, ngrams: NgramClassifier, embedder: Embedder, centroids: np.ndarray, fusion: Fusion,
                 centre: np.ndarray | None = None) -> None:
        self.ngrams = ngrams
        self.embedder = embedder
        self.centroids = centroids
        self.centre = np.zeros(centroids.shape[1], np.float32) if centre is None else centre
        self.fusion = fusion
        self.topics = ngrams.topics

    @classmethod
    def load(cls, folder: Path, model: str = "", fusion: Fusion | None = None) -> SearchIndex:
        """Load what `make train` made in `folder`; `model` names another sentence-transformers model."""
        try:
            ngrams = NgramClassifier.load(folder / "ngrams.joblib")
        except Exception as exc:
            raise SearchUnavailable(f"The trained search in {folder} is missing or damaged ({type(exc).__name__}). "
                                    "Run `make train`.") from exc
        embedder = Embedder.load(model or str(folder / "embedding"))
        path = folder / ("centroids.npz" if not model else f"centroids-{safe_name(model)}.npz")
        if not path.exists():
            examples = json.loads((folder / "examples.json").read_text(encoding="utf-8"))
            save_centroids(path, embedder, examples["texts"], examples["topics"], ngrams.topics)
        with np.load(path) as kept:
            return cls(ngrams, embedder, kept["centroids"], fusion or Fusion(), kept["centre"])

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """One row a text, one column a topic of `self.topics`; rows sum to one."""
        prepared = [without_negated(clean(text), self.fusion.negations) for text in texts]
        parts = [sentences(text) for text in prepared]
        scores = self._scores([*prepared, *(part for found in parts for part in found)])
        whole, rest = scores[:len(prepared)].copy(), scores[len(prepared):]
        at = 0
        for number, found in enumerate(parts):
            if found:
                whole[number] += self.fusion.sentence_weight * rest[at:at + len(found)].max(axis=0)
                at += len(found)
        return softmax(whole / self.fusion.temperature)

    def _scores(self, texts: Sequence[str]) -> np.ndarray:
        """The parts joined, one row a text, as log-probabilities."""
        fusion = self.fusion
        vectors = unit_rows(self.embedder.encode(texts) - self.centre)
        scores = fusion.ngram_weight * self.ngrams.logits(texts) + fusion.embedding_weight * (vectors @ self.centroids.T)
        return np.log(softmax(scores) + 1e-9)

    def second_matter(self, text: str, first: str) -> Hit | None:
        """Another topic that one sentence of a message with several is surely about."""
        found = sentences(without_negated(clean(text), self.fusion.negations))
        if len(found) < 2:
            return None
        rows = softmax(self._scores(found) / self.fusion.temperature)
        best = None
        for row in rows:
            number = int(row.argmax())
            topic = self.topics[number]
            sure = row[number] >= max(self.fusion.second_matter_above, best.score if best else 0.0)
            if sure and topic != first and not topic.startswith(OUTSIDE):
                best = Hit(topic, float(row[number]))
        return best

    def search(self, text: str, limit: int = 5, context: Mapping[str, float] | None = None) -> list[Hit]:
        """The most probable topics, best first; `context` lifts topics by an addition to their log-probability."""
        row = self.probabilities([text])[0]
        if context:
            row = row * np.exp([context.get(topic, 0.0) for topic in self.topics])
            row = row / row.sum()
        order = np.argsort(-row)[:limit]
        return [Hit(self.topics[number], float(row[number])) for number in order]

    def decide(self, text: str, context: Mapping[str, float] | None = None) -> Decision:
        """Answer when sure, ask between two or three when not, admit when nothing fits."""
        if not self.is_familiar(text):
            return Decision("unknown", ())
        return self.decide_between(self.search(text, 5, context))

    def is_familiar(self, text: str) -> bool:
        """False for gibberish and for languages that nothing was learned from."""
        return self.ngrams.familiarity(clean(text)) >= self.fusion.familiar_above

    def decide_between(self, hits: Sequence[Hit]) -> Decision:
        """The decision for hits that are already found."""
        fusion = self.fusion
        best = hits[0]
        real = tuple(hit for hit in hits if not hit.topic.startswith(OUTSIDE))
        if best.topic.startswith(OUTSIDE) and best.score >= fusion.outside_above:
            return Decision("outside", tuple(hits))
        if not best.topic.startswith(OUTSIDE) and best.score >= fusion.answer_above:
            return Decision("answer", real)
        if len(real) >= 2 and real[0].score >= fusion.clarify_above:
            return Decision("clarify", real[:3])
        return Decision("unknown", tuple(hits))


def save_centroids(path: Path, embedder: Embedder, texts: Sequence[str], topics: Sequence[str], order: Sequence[str]) -> None:
    """Keep the mean of all texts and, seen from there, the unit mean of each topic's texts in the order given.

    Many sentence models put every text into one narrow cone; seen from its middle the topics lie apart.
    """
    vectors = embedder.encode(texts)
    centre = vectors.mean(axis=0)
    vectors = unit_rows(vectors - centre)
    labels = np.asarray(topics)
    means = np.stack([vectors[labels == topic].mean(axis=0) for topic in order])
    np.savez(path, centre=centre, centroids=unit_rows(means))


def unit_rows(rows: np.ndarray) -> np.ndarray:
    """Rows of length one."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def safe_name(name: str) -> str:
    """A model's name as part of a file name."""
    return "".join(char if char.isalnum() else "-" for char in name)[-80:]
