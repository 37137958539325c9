"""Other ways to find the topic, trained on the same examples and asked the same messages."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from verkkoapu.evaluate.messages import Message
from verkkoapu.evaluate.ours import ranks_of
from verkkoapu.search.text import fold
from verkkoapu.settings import PROJECT_DIR

Ranker = Callable[[list[str], list[str], list[str]], list[list[str]]]


def compare(examples: Sequence[tuple[str, str]], messages: Sequence[Message], say: Callable[[str], None],
            diet: bool = False) -> dict[str, dict[str, Any]]:
    """Each peer's ranks and the seconds it took; one that cannot run says why."""
    texts, topics = [text for text, _ in examples], [topic for _, topic in examples]
    asked = [message.text for message in messages]
    found: dict[str, dict[str, Any]] = {}
    peers: dict[str, Ranker] = {"word TF-IDF, nearest example": nearest_words, "word TF-IDF, logistic regression": word_regression,
                                "BM25": bm25, "Rasa, bag of words and letters, logistic regression": rasa_regression}
    if diet:
        peers["Rasa DIET"] = rasa_diet
    model = installed_minilm()
    if model:
        peers[f"{Path(model).name}, nearest example"] = lambda t, k, q: nearest_sentence(model, t, k, q)
    for name, ranker in peers.items():
        started = time.monotonic()
        try:
            found[name] = {"languages": ranks_of(messages, ranker(texts, topics, asked))}
        except Exception as exc:
            found[name] = {"failed": f"{type(exc).__name__}: {str(exc)[-300:]}"}
        found[name]["seconds"] = round(time.monotonic() - started)
        say(f"{name}: {found[name].get('failed') or ''} {found[name]['seconds']} s")
    return found


def best_of_nearest(scores: np.ndarray, topics: Sequence[str]) -> list[str]:
    """The first three different topics among the nearest examples."""
    found: list[str] = []
    for number in np.argsort(-scores)[:200]:
        if topics[number] not in found:
            found.append(topics[number])
        if len(found) == 3:
            break
    return found


def nearest_words(texts: list[str], topics: list[str], asked: list[str]) -> list[list[str]]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(preprocessor=fold, token_pattern=r"\w+")  # noqa: S106 - words
    known = vectorizer.fit_transform(texts)
    return [best_of_nearest(np.asarray((known @ row.T).todense()).ravel(), topics) for row in vectorizer.transform(asked)]


def word_regression(texts: list[str], topics: list[str], asked: list[str]) -> list[list[str]]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import SGDClassifier

    vectorizer = TfidfVectorizer(preprocessor=fold, token_pattern=r"\w+")  # noqa: S106 - words
    model = SGDClassifier(loss="log_loss", alpha=2e-6, max_iter=20, random_state=1).fit(vectorizer.fit_transform(texts), topics)
    rows = model.decision_function(vectorizer.transform(asked))
    return [[str(model.classes_[number]) for number in np.argsort(-row)[:3]] for row in rows]


def bm25(texts: list[str], topics: list[str], asked: list[str]) -> list[list[str]]:
    """BM25 over topics: all examples of one are one document."""
    from rank_bm25 import BM25Okapi

    names = sorted(set(topics))
    words: dict[str, list[str]] = {name: [] for name in names}
    for text, topic in zip(texts, topics, strict=True):
        words[topic] += re.findall(r"\w+", fold(text))
    ranker = BM25Okapi([words[name] for name in names])
    return [[names[number] for number in np.argsort(-ranker.get_scores(re.findall(r"\w+", fold(text))))[:3]] for text in asked]


def installed_minilm() -> str | None:
    """The folder of an installed package that carries an English MiniLM, when there is one."""
    from importlib.metadata import distributions

    for package in distributions():
        if "minilm" in (package.metadata["Name"] or "").lower():
            for file in package.files or ():
                if file.name == "modules.json":
                    return str(Path(str(package.locate_file(file))).parent)
    return None


def nearest_sentence(model: str, texts: list[str], topics: list[str], asked: list[str]) -> list[list[str]]:
    from verkkoapu.search.embedding import Embedder

    embedder = Embedder.load(model)
    known = embedder.encode(texts)
    return [best_of_nearest(known @ row, topics) for row in embedder.encode(asked)]


def rasa_regression(texts: list[str], topics: list[str], asked: list[str]) -> list[list[str]]:
    return _rasa(texts, topics, asked, [
        {"name": "WhitespaceTokenizer"}, {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 2, "max_ngram": 4, "max_features": 20_000},
        {"name": "LogisticRegressionClassifier", "max_iter": 30, "solver": "lbfgs", "tol": 0.001}])


def rasa_diet(texts: list[str], topics: list[str], asked: list[str]) -> list[list[str]]:
    return _rasa(texts, topics, asked, [
        {"name": "WhitespaceTokenizer"}, {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4, "max_features": 20_000},
        {"name": "DIETClassifier", "epochs": 8, "entity_recognition": False, "constrain_similarities": True}])


_PARSE = """
import asyncio, json, sys
from rasa.core.agent import Agent
agent = Agent.load(sys.argv[1])
async def main():
    found = []
    for text in json.load(open(sys.argv[2])):
        parsed = await agent.parse_message(text.lstrip("/"))
        found.append([intent["name"] for intent in parsed["intent_ranking"][:3]])
    json.dump(found, open(sys.argv[3], "w"))
asyncio.run(main())
"""


def _rasa(texts: list[str], topics: list[str], asked: list[str], pipeline: list[dict[str, Any]]) -> list[list[str]]:
    """Topics as intents, in Rasa's own environment."""
    python = PROJECT_DIR / ".venv-bot" / "bin" / "python"
    grouped: dict[str, list[str]] = {}
    for text, topic in zip(texts, topics, strict=True):
        line = " ".join(text.translate(str.maketrans("[](){}", "      ")).split()).lstrip("/-")
        grouped.setdefault(topic, []).append(line)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.yml").write_text(yaml.safe_dump({"recipe": "default.v1", "language": "fi", "assistant_id": "peer",
                                                           "pipeline": pipeline, "policies": []}))
        data = {"version": "3.1", "nlu": [{"intent": topic, "examples": "".join(f"- {line}\n" for line in lines if line)}
                                          for topic, lines in grouped.items()]}
        (folder / "nlu.yml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
        (folder / "asked.json").write_text(json.dumps(asked))
        (folder / "parse.py").write_text(_PARSE)
        quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
                 "PYTHONWARNINGS": "ignore", "PATH": "/usr/bin:/bin", "HOME": name, "OMP_NUM_THREADS": "2"}
        for command in (["-m", "rasa", "train", "nlu", "--nlu", "nlu.yml", "--config", "config.yml", "--out", "models",
                         "--fixed-model-name", "peer"], ["parse.py", "models/peer.tar.gz", "asked.json", "found.json"]):
            done = subprocess.run([str(python), *command], cwd=folder, env=quiet, capture_output=True, text=True, timeout=900, check=False)
            if done.returncode:
                raise RuntimeError(done.stderr[-400:])
        return json.loads((folder / "found.json").read_text())
