"""The search itself: parts fused into one probability a topic, and the decision what to do with it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from verkkoapu.search.embedding import Embedder
from verkkoapu.search.ngrams import NgramClassifier
from verkkoapu.search.text import clean

#: Pseudo-topics of messages that are nobody's here; content/<language>/examples/_<name>.txt holds their examples.
OUTSIDE = "_"


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
    """How the parts are joined; chosen by `make evaluate`, kept in content/search.yaml."""

    ngram_weight: float = 1.0
    embedding_weight: float = 12.0
    temperature: float = 1.0
    answer_above: float = 0.40
    clarify_above: float = 0.14
    context_boost: float = 0.7


class SearchIndex:
    """Finds topics. Load once a process; safe to use from several threads (nothing is written)."""

    def __init__(self, ngrams: NgramClassifier, embedder: Embedder, centroids: np.ndarray, fusion: Fusion) -> None:
        self.ngrams = ngrams
        self.embedder = embedder
        self.centroids = centroids
        self.fusion = fusion
        self.topics = ngrams.topics

    @classmethod
    def load(cls, folder: Path, model: str = "", fusion: Fusion | None = None) -> SearchIndex:
        """Load what `make train` made in `folder`; `model` names another sentence-transformers model."""
        ngrams = NgramClassifier.load(folder / "ngrams.joblib")
        embedder = Embedder.load(model or str(folder / "embedding"))
        path = folder / ("centroids.npy" if not model else f"centroids-{safe_name(model)}.npy")
        if not path.exists():
            examples = json.loads((folder / "examples.json").read_text(encoding="utf-8"))
            np.save(path, centroids_of(embedder, examples["texts"], examples["topics"], ngrams.topics))
        return cls(ngrams, embedder, np.load(path), fusion or Fusion())

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """One row a text, one column a topic of `self.topics`; rows sum to one."""
        cleaned = [clean(text) for text in texts]
        fusion = self.fusion
        logits = fusion.ngram_weight * self.ngrams.logits(cleaned)
        logits = logits + fusion.embedding_weight * (self.embedder.encode(cleaned) @ self.centroids.T)
        return softmax(logits / fusion.temperature)

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
        return self.decide_between(self.search(text, 5, context))

    def decide_between(self, hits: Sequence[Hit]) -> Decision:
        """The decision for hits that are already found."""
        fusion = self.fusion
        best = hits[0]
        if best.topic.startswith(OUTSIDE):
            return Decision("outside" if best.score >= fusion.answer_above else "unknown", tuple(hits))
        real = [hit for hit in hits if not hit.topic.startswith(OUTSIDE)]
        if best.score >= fusion.answer_above:
            return Decision("answer", tuple(real))
        possible = [hit for hit in real[:3] if hit.score >= best.score / 4]
        if best.score >= fusion.clarify_above and len(real) >= 2:
            return Decision("clarify", tuple(possible if len(possible) >= 2 else real[:2]))
        return Decision("unknown", tuple(real))


def centroids_of(embedder: Embedder, texts: Sequence[str], topics: Sequence[str], order: Sequence[str]) -> np.ndarray:
    """The unit mean vector of each topic's texts, in the order given."""
    vectors = embedder.encode(texts)
    labels = np.asarray(topics)
    means = np.stack([vectors[labels == topic].mean(axis=0) for topic in order])
    return np.asarray(means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def softmax(logits: np.ndarray) -> np.ndarray:
    """Row-wise softmax."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def safe_name(name: str) -> str:
    """A model's name as part of a file name."""
    return "".join(char if char.isalnum() else "-" for char in name)[-80:]
