"""The index against the slow way, on vectors small enough to reckon by hand; the decision table."""

from __future__ import annotations

import numpy as np
import pytest

from verkkoapu.errors import SearchUnavailable
from verkkoapu.search.index import Fusion, Hit, SearchIndex, softmax, unit_rows
from verkkoapu.search.ngrams import Net, NgramClassifier, new_vectorizer
from verkkoapu.search.text import clean

TEXTS = ["hammas särkee kovasti", "hammas lohkesi eilen", "lasku on väärin", "lasku maksettu eilen", "hammas ja lasku", "kela tuki"] * 2
TOPICS = ["dental", "dental", "invoice", "invoice", "dental", "_other-authority"] * 2


class TinyEmbedder:
    """Counts three letters: a text's vector can be said by looking at it."""

    def encode(self, texts):
        return unit_rows(np.array([[text.count(letter) + 0.1 for letter in "alh"] for text in texts], dtype=np.float32))


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    ngrams = NgramClassifier.train(TEXTS, TOPICS, seeds=(1, 2))
    centroids = unit_rows(np.array([[1, 0, 0], [0, 0, 1], [0, 1, 0]], dtype=np.float32))
    return SearchIndex(ngrams, TinyEmbedder(), centroids, Fusion())


def slowly(index: SearchIndex, text: str) -> np.ndarray:
    """The same probability without matrices that are cut to the columns in use."""
    def score(part: str) -> np.ndarray:
        row = index.ngrams.vectorizer.transform([part]).toarray()
        logs = []
        for net in index.ngrams.nets:
            summed = row @ net.vectors.astype(np.float32)
            normal = (summed - summed.mean()) / np.sqrt(summed.var() + 1e-6)
            hidden = np.maximum(normal * net.scale + net.shift, 0)
            logs.append(np.log(softmax(hidden @ net.weights + net.bias) + 1e-9))
        vector = index.embedder.encode([part])
        total = np.mean(logs, axis=0) + index.fusion.embedding_weight * (vector @ index.centroids.T)
        return np.log(softmax(total) + 1e-9)[0]

    parts = [part for part in text.replace("!", ".").split(". ") if len(part.split()) >= 3]
    total = score(text)
    if len(parts) > 1:
        ends = [part if part.endswith(".") else part + "." for part in parts[:-1]] + [parts[-1]]
        total = total + index.fusion.sentence_weight * np.max([score(part) for part in ends], axis=0)
    return softmax(total[None, :] / index.fusion.temperature)[0]


@pytest.mark.parametrize("text", ["hammas särkee", "lasku", "lasku on väärin taas. hammas särkee nyt kovasti"])
def test_same_as_the_slow_way(index, text):
    np.testing.assert_allclose(index.probabilities([text])[0], slowly(index, text), rtol=1e-3, atol=1e-5)


def test_many_at_once_as_one_by_one(index):
    texts = ["hammas särkee", "lasku on väärin taas. hammas särkee nyt kovasti", "", "???"]
    together = index.probabilities(texts)
    for number, text in enumerate(texts):
        np.testing.assert_allclose(together[number], index.probabilities([text])[0], rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(together.sum(axis=1), 1, rtol=1e-5)


def test_search_is_sorted_and_limited(index):
    hits = index.search("hammas särkee", limit=2)
    assert len(hits) == 2 and hits[0].score >= hits[1].score


def test_context_lifts_a_topic(index):
    plain = {hit.topic: hit.score for hit in index.search("eilen")}
    lifted = {hit.topic: hit.score for hit in index.search("eilen", context={"invoice": 1.0})}
    assert lifted["invoice"] > plain["invoice"]


FUSION = Fusion(answer_above=0.5, clarify_above=0.2, outside_above=0.6)


@pytest.mark.parametrize(("scores", "kind", "topics"), [
    ([("a", 0.5), ("b", 0.3)], "answer", ["a", "b"]),
    ([("a", 0.49), ("b", 0.3), ("c", 0.1), ("d", 0.05)], "clarify", ["a", "b", "c"]),
    ([("a", 0.3), ("_x", 0.25), ("b", 0.2)], "clarify", ["a", "b"]),
    ([("a", 0.19), ("b", 0.1)], "unknown", ["a", "b"]),
    ([("_x", 0.7), ("a", 0.2)], "outside", ["_x", "a"]),
    ([("_x", 0.55), ("a", 0.2), ("b", 0.1)], "clarify", ["a", "b"]),
    ([("_x", 0.55), ("a", 0.1), ("b", 0.1)], "unknown", ["_x", "a", "b"]),
    ([("a", 0.3)], "unknown", ["a"]),
])
def test_decision_table(index, scores, kind, topics):
    made = SearchIndex(index.ngrams, index.embedder, index.centroids, FUSION)
    decision = made.decide_between([Hit(topic, score) for topic, score in scores])
    assert decision.kind == kind
    assert [hit.topic for hit in decision.hits] == topics


@pytest.mark.parametrize("text", ["qwrtp zxcvb mnbvc", "????", "لا أفهم شيئا"])
def test_what_no_example_resembles_is_unknown(index, text):
    assert index.decide(text).kind == "unknown"


def test_a_saved_classifier_says_the_same(index, tmp_path):
    index.ngrams.save(tmp_path / "n.joblib")
    again = NgramClassifier.load(tmp_path / "n.joblib")
    np.testing.assert_allclose(again.logits(["hammas"]), index.ngrams.logits(["hammas"]))


def test_a_net_learns_what_it_is_shown():
    vectorizer = new_vectorizer()
    features = vectorizer.fit_transform([clean(text) for text in TEXTS])
    labels = np.array([sorted(set(TOPICS)).index(topic) for topic in TOPICS])
    net = Net.new(features.shape[1], 3, seed=1, width=32).fit(features, labels, seed=1, epochs=60)
    assert (net.logits(features).argmax(axis=1) == labels).mean() > 0.9


def test_a_missing_model_says_what_to_do(tmp_path):
    with pytest.raises(SearchUnavailable, match="make train"):
        SearchIndex.load(tmp_path)


def test_a_damaged_model_says_what_to_do(tmp_path):
    (tmp_path / "ngrams.joblib").write_bytes(b"not a model")
    with pytest.raises(SearchUnavailable, match="make train"):
        SearchIndex.load(tmp_path)
