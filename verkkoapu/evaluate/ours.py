"""Our own search on the evaluation messages: decisions, what each part adds, and growth."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from verkkoapu.evaluate.figures import Outcome
from verkkoapu.evaluate.messages import Message
from verkkoapu.search.index import Decision, Hit, SearchIndex
from verkkoapu.search.ngrams import Net, NgramClassifier


def decide_all(index: SearchIndex, texts: Sequence[str]) -> list[Outcome]:
    """What the search decides for each text."""
    rows = index.probabilities(texts)
    return [outcome(index.decide_between(hits_of(index, row)) if index.is_familiar(text) else Decision("unknown", ()))
            for text, row in zip(texts, rows, strict=True)]


def hits_of(index: SearchIndex, row: np.ndarray, limit: int = 5) -> list[Hit]:
    return [Hit(index.topics[number], float(row[number])) for number in np.argsort(-row)[:limit]]


def outcome(decision: Decision) -> Outcome:
    """A decision as an outcome."""
    hits, score = decision.hits, decision.hits[0].score if decision.hits else 0.0
    if decision.kind == "answer":
        return Outcome("answer", hits[0].topic, (), score)
    return Outcome(decision.kind, None, tuple(hit.topic for hit in hits[:3]) if decision.kind == "clarify" else (), score)


def ranked(index: SearchIndex, messages: Sequence[Message]) -> dict[str, dict[str, float]]:
    """Right topic first and among the first three, whatever is decided: {language: {first, top3}}."""
    rows = index.probabilities([message.text for message in messages])
    return ranks_of(messages, [[index.topics[number] for number in np.argsort(-row)[:3]] for row in rows])


def ranks_of(messages: Sequence[Message], found: Sequence[Sequence[str]]) -> dict[str, dict[str, float]]:
    """The same for any list of the first three topics a message."""
    result = {}
    for language in dict.fromkeys(message.language for message in messages):
        pairs = [(m.topic, topics) for m, topics in zip(messages, found, strict=True) if m.language == language]
        result[language] = {"first": sum(topics[:1] == [topic] for topic, topics in pairs) / len(pairs),
                            "top3": sum(topic in topics[:3] for topic, topics in pairs) / len(pairs)}
    return result


def ablation(index: SearchIndex, messages: Sequence[Message]) -> dict[str, dict[str, dict[str, float]]]:
    """The search without one part at a time."""
    fusion, ngrams = index.fusion, index.ngrams
    one_net = NgramClassifier(ngrams.vectorizer, ngrams.nets[:1], ngrams.topics)
    variants = {
        "all parts": (ngrams, fusion),
        "one net instead of all": (one_net, fusion),
        "without embeddings": (ngrams, replace(fusion, embedding_weight=0.0)),
        "without nets": (ngrams, replace(fusion, ngram_weight=0.0, embedding_weight=12.0)),
        "without single sentences": (ngrams, replace(fusion, sentence_weight=0.0)),
        "without negation": (ngrams, replace(fusion, negations=())),
    }
    return {name: ranked(SearchIndex(part, index.embedder, index.centroids, numbers, index.centre), messages)
            for name, (part, numbers) in variants.items()}


def growth(index: SearchIndex, texts: Sequence[str], sizes: Sequence[int] = (72, 1_000, 10_000)) -> list[dict[str, Any]]:
    """Time and memory with made topics: the real vocabulary and vectors, weights of topics drawn by chance.

    What a search costs does not depend on the weights' values, only on how many there are.
    """
    random = np.random.default_rng(1)
    found = []
    for size in sizes:
        nets = [Net(net.vectors, net.scale, net.shift, random.standard_normal((net.weights.shape[0], size), dtype=np.float32),
                    np.zeros(size, np.float32)) for net in index.ngrams.nets]
        topics = [f"made-{number}" for number in range(size)]
        centroids = random.standard_normal((size, index.centroids.shape[1]), dtype=np.float32)
        made = SearchIndex(NgramClassifier(index.ngrams.vectorizer, nets, topics), index.embedder, centroids, index.fusion, index.centre)
        for text in texts[:20]:
            made.search(text)
        times, work = [], []
        for text in texts:
            started, worked = time.perf_counter(), time.thread_time()
            made.search(text)
            times.append(1000 * (time.perf_counter() - started))
            work.append(1000 * (time.thread_time() - worked))
        found.append({"topics": size, "median_ms": float(np.median(times)), "p99_ms": float(np.percentile(times, 99)),
                      "p99_processor_ms": float(np.percentile(work, 99)),
                      "memory_mb": megabytes(made)})
    return found


def megabytes(index: SearchIndex) -> float:
    """The arrays of the index and, roughly, its vocabulary."""
    arrays = [index.centroids]
    for net in index.ngrams.nets:
        arrays += [net.vectors, net.weights]
    total = sum(array.nbytes for array in arrays)
    total += sum(parameter.numel() * parameter.element_size() for parameter in index.embedder.model.parameters())
    total += 130 * len(index.ngrams.vectorizer.vocabulary_)
    return total / 1e6
