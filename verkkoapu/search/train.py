"""Train the search from content: `python -m verkkoapu.search.train --content content --out var/models/search`."""

from __future__ import annotations

import argparse
import json
import shutil
import time
from pathlib import Path

import numpy as np

from verkkoapu.content.load import load_content
from verkkoapu.content.model import Content
from verkkoapu.search.embedding import train_default
from verkkoapu.search.index import centroids_of
from verkkoapu.search.ngrams import NgramClassifier
from verkkoapu.search.text import clean
from verkkoapu.search.training import examples_of


def train(content: Content, folder: Path, say=print) -> None:
    """Train every part into `folder`; an older model there stays in use until the new one is whole."""
    started = time.monotonic()
    examples = list(examples_of(content))
    texts, topics = [clean(example.text) for example in examples], [example.topic for example in examples]
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    say(f"search: {len(texts)} examples of {len(set(topics))} topics; character n-grams …")
    ngrams = NgramClassifier.train(texts, topics)
    ngrams.save(fresh / "ngrams.joblib")
    say(f"search: sentence embeddings … ({time.monotonic() - started:.0f} s)")
    embedder = train_default(texts, topics, fresh / "embedding")
    np.save(fresh / "centroids.npy", centroids_of(embedder, texts, topics, ngrams.topics))
    (fresh / "examples.json").write_text(json.dumps({"texts": texts, "topics": topics}, ensure_ascii=False), encoding="utf-8")
    shutil.rmtree(fresh / "trainer", ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    say(f"search: trained in {time.monotonic() - started:.0f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--content", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    content, _findings = load_content(arguments.content)
    train(content, arguments.out)


if __name__ == "__main__":
    main()
