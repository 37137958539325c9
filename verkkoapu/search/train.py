"""Train the search from content: `python -m verkkoapu.search.train --content content --out var/models/search`."""

from __future__ import annotations

import argparse
import json
import shutil
import time
from pathlib import Path

from verkkoapu.content.load import load_content
from verkkoapu.content.model import Content
from verkkoapu.search.embedding import train_default
from verkkoapu.search.index import save_centroids
from verkkoapu.search.ngrams import NgramClassifier
from verkkoapu.search.text import clean
from verkkoapu.search.training import examples_of


def train(content: Content, folder: Path, say=print) -> None:
    """Train every part into `folder`; an older model there stays in use until the new one is whole."""
    examples = list(examples_of(content))
    train_on([clean(example.text) for example in examples], [example.topic for example in examples], folder, say)


def train_on(texts: list[str], topics: list[str], folder: Path, say=print) -> None:
    """Train on cleaned texts and their topics: the nets in a second process, the embeddings in this one."""
    started = time.monotonic()

    def tell(text: str) -> None:
        say(f"search [{time.monotonic() - started:3.0f} s] {text}")

    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    names = sorted(set(topics))

    def embeddings() -> None:
        tell("sentence embeddings, meanwhile")
        embedder = train_default(texts, topics, fresh / "embedding")
        save_centroids(fresh / "centroids.npz", embedder, texts, topics, names)
        tell("sentence embeddings are trained")

    tell(f"{len(texts)} examples of {len(names)} topics; character n-grams")
    NgramClassifier.train(texts, topics, say=tell, meanwhile=embeddings).save(fresh / "ngrams.joblib")
    (fresh / "examples.json").write_text(json.dumps({"texts": texts, "topics": topics}, ensure_ascii=False), encoding="utf-8")
    shutil.rmtree(fresh / "trainer", ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    tell(f"trained into {folder.name}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--content", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    content, _findings = load_content(arguments.content)
    train(content, arguments.out, say=lambda text: print(text, flush=True))


if __name__ == "__main__":
    main()
