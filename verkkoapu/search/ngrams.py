"""Small nets over character n-grams: they know endings, compounds and typing errors.

A net adds up the vectors of a message's n-grams (1 to 5 letters within words, TF-IDF weights), normalizes the sum,
and reads the topics off it. Its size hardly grows with the number of topics. Most of a message's n-grams are hidden
from it while it learns, so that it does not lean on any one word. docs/decisions/0006-search.md has the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from scipy.sparse import csr_matrix

from verkkoapu.search.text import fold

#: Chosen by cross-validation over the example messages.
WIDTH = 192
EPOCHS = 6
BATCH = 256
RATE_VECTORS, RATE_HEAD = 0.03, 0.003
HIDE_NGRAMS, HIDE_UNITS = 0.5, 0.3
SMOOTHING = 0.1
SEEDS = (1, 2, 3)


@dataclass
class Net:
    """n-gram vectors → sum → layer norm (scale, shift) → ReLU → topics."""

    vectors: np.ndarray
    scale: np.ndarray
    shift: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    @classmethod
    def new(cls, ngrams: int, topics: int, seed: int, width: int = WIDTH) -> Net:
        random = np.random.default_rng(seed)
        return cls(random.standard_normal((ngrams, width), dtype=np.float32) * np.float32(0.5 / np.sqrt(width)),
                   np.ones(width, np.float32), np.zeros(width, np.float32),
                   random.standard_normal((width, topics), dtype=np.float32) / np.float32(np.sqrt(width)), np.zeros(topics, np.float32))

    def logits(self, features: csr_matrix) -> np.ndarray:
        """Only the vectors of n-grams that occur are touched, so a message costs the same whatever the vocabulary."""
        columns, inverse = np.unique(features.indices, return_inverse=True)
        small = csr_matrix((features.data, inverse.astype(np.int32), features.indptr), shape=(features.shape[0], len(columns)))
        _normal, _deviation, active = self._hidden(small @ self.vectors[columns].astype(np.float32))
        return active @ self.weights + self.bias

    def _hidden(self, summed: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        centred = summed - summed.mean(axis=1, keepdims=True)
        deviation = np.sqrt((centred * centred).mean(axis=1, keepdims=True) + 1e-6)
        normal = centred / deviation
        return normal, deviation, np.maximum(normal * self.scale + self.shift, 0)

    def fit(self, features: csr_matrix, labels: np.ndarray, seed: int, epochs: int = EPOCHS) -> Net:
        """Cross-entropy; row-wise Adagrad for the vectors (only rows of the batch), Adam for the rest; the rate falls to zero."""
        random = np.random.default_rng(seed)
        count, topics = features.shape[0], len(self.bias)
        seen = np.zeros(features.shape[1], np.float32)
        head = (self.weights, self.bias, self.scale, self.shift)
        first, second = [np.zeros_like(part) for part in head], [np.zeros_like(part) for part in head]
        steps, step = epochs * -(-count // BATCH), 0
        for _epoch in range(epochs):
            order = random.permutation(count)
            for start in range(0, count, BATCH):
                batch = order[start:start + BATCH]
                rows = features[batch]
                columns, inverse = np.unique(rows.indices, return_inverse=True)
                shown = (random.random(rows.nnz, dtype=np.float32) > HIDE_NGRAMS) / np.float32(1 - HIDE_NGRAMS)
                small = csr_matrix((rows.data * shown, inverse.astype(np.int32), rows.indptr), shape=(len(batch), len(columns)))
                vectors = self.vectors[columns]
                normal, deviation, active = self._hidden(small @ vectors)
                kept = (random.random(active.shape, dtype=np.float32) > HIDE_UNITS) / np.float32(1 - HIDE_UNITS)
                used = active * kept
                error = softmax(used @ self.weights + self.bias) - np.float32(SMOOTHING / topics)
                error[np.arange(len(batch)), labels[batch]] -= 1 - SMOOTHING
                error /= len(batch)
                back = (error @ self.weights.T) * kept * (active > 0)
                slopes = (used.T @ error, error.sum(axis=0), (back * normal).sum(axis=0), back.sum(axis=0))
                back = back * self.scale
                back = (back - back.mean(axis=1, keepdims=True) - normal * (back * normal).mean(axis=1, keepdims=True)) / deviation
                slope = small.T @ back
                step += 1
                fall = max(0.02, 1 - step / steps)
                seen[columns] += (slope * slope).mean(axis=1)
                self.vectors[columns] = vectors - RATE_VECTORS * fall * slope / (np.sqrt(seen[columns])[:, None] + 1e-9)
                for part, found, one, two in zip(head, slopes, first, second, strict=True):
                    one += 0.1 * (found - one)
                    two += 0.01 * (found * found - two)
                    part -= (RATE_HEAD * fall * (one / (1 - 0.9**step)) / (np.sqrt(two / (1 - 0.99**step)) + 1e-8)).astype(np.float32)
        return self


def new_vectorizer() -> Any:
    """TF-IDF over the n-grams of folded words; an n-gram that stands in one message only is dropped."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 5), min_df=2, sublinear_tf=True, preprocessor=fold, dtype=np.float32)


def fit_net(features: csr_matrix, labels: np.ndarray, topics: int, seed: int) -> Net:
    """One trained net, its vectors in half precision; runs in a process of its own while other parts are trained."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        net = Net.new(features.shape[1], topics, seed).fit(features, labels, seed)
    net.vectors = net.vectors.astype(np.float16)
    return net


class NgramClassifier:
    """Log-probabilities of topics for a text: the mean of its nets."""

    def __init__(self, vectorizer: Any, nets: Sequence[Net], topics: list[str]) -> None:
        self.vectorizer = vectorizer
        self.nets = list(nets)
        self.topics = topics
        self._analyze = vectorizer.build_analyzer()

    @classmethod
    def train(cls, texts: Sequence[str], topics: Sequence[str], seeds: Sequence[int] = SEEDS,
              say: Callable[[str], None] = lambda text: None, meanwhile: Callable[[], None] | None = None) -> NgramClassifier:
        """Fit on texts and their topics; with `meanwhile` the nets are trained in a second process while it runs here."""
        vectorizer = new_vectorizer()
        features = vectorizer.fit_transform(texts)
        names = sorted(set(topics))
        numbers = {topic: number for number, topic in enumerate(names)}
        labels = np.array([numbers[topic] for topic in topics])
        say(f"{features.shape[1]} n-grams; {len(seeds)} nets")
        if meanwhile is None:
            return cls(vectorizer, [fit_net(features, labels, len(names), seed) for seed in seeds], names)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            coming = [pool.submit(fit_net, features, labels, len(names), seed) for seed in seeds]
            meanwhile()
            nets = []
            for number, net in enumerate(coming, 1):
                nets.append(net.result())
                say(f"net {number} of {len(seeds)} is trained")
        return cls(vectorizer, nets, names)

    def logits(self, texts: Sequence[str]) -> np.ndarray:
        """Log-probabilities, one row a text, one column a topic; a text without a known n-gram says nothing."""
        features = self.vectorizer.transform(texts)
        rows = np.full((len(texts), len(self.topics)), -np.log(len(self.topics)), np.float32)
        known = np.diff(features.indptr) > 0
        if known.any():
            rows[known] = sum(np.log(softmax(net.logits(features[known])) + 1e-9) for net in self.nets) / len(self.nets)
        return rows

    def familiarity(self, text: str) -> float:
        """The share of a text's groups of 4 and 5 letters that stand in the examples: near zero for gibberish."""
        groups = [group for group in self._analyze(text) if len(group) >= 4]
        return sum(group in self.vectorizer.vocabulary_ for group in groups) / len(groups) if groups else 1.0

    def save(self, path: Path) -> None:
        joblib.dump({"vectorizer": self.vectorizer, "nets": [vars(net) for net in self.nets], "topics": self.topics}, path)

    @classmethod
    def load(cls, path: Path) -> NgramClassifier:
        kept = joblib.load(path)
        return cls(kept["vectorizer"], [Net(**net) for net in kept["nets"]], kept["topics"])


def softmax(logits: np.ndarray) -> np.ndarray:
    """Row-wise softmax."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)
