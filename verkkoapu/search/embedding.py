"""Sentence-transformers embeddings: a small static model trained from content, or any other model folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from verkkoapu.errors import SearchUnavailable
from verkkoapu.search.text import fold

#: Settings of the default model: vocabulary of character n-grams and words, and the length of a vector.
VOCABULARY = 40_000
DIMENSIONS = 128


def split_pieces(text: str, sizes: tuple[int, ...] = (3, 4, 5)) -> list[str]:
    """Whole words and character n-grams with word borders: the units the default model adds up."""
    pieces: list[str] = []
    for word in "".join(char if char.isalnum() else " " for char in fold(text)).split():
        bordered = f"<{word}>"
        pieces.append(bordered)
        for size in sizes:
            pieces.extend(bordered[start:start + size] for start in range(len(bordered) - size + 1))
    return pieces


def pieces_text(text: str) -> str:
    """The pieces joined by spaces, as the default model's word-level tokenizer reads them."""
    return " ".join(split_pieces(text))


class Embedder:
    """Turns texts into unit vectors with a sentence-transformers model."""

    def __init__(self, model, own: bool) -> None:
        self.model = model
        self.own = own
        # Our own model is one table: reading it here saves the library's several milliseconds a message.
        self._numbers = model[0].tokenizer.get_vocab() if own else {}
        self._table = model[0].embedding.weight.detach().numpy() if own else None

    @classmethod
    def load(cls, name: str) -> Embedder:
        """Load a model folder or hub name; the default model's folder says so by a file of its own."""
        from sentence_transformers import SentenceTransformer

        try:
            return cls(SentenceTransformer(name, device="cpu"), (Path(name) / "verkkoapu-pieces").exists())
        except Exception as exc:
            raise SearchUnavailable(f"The sentence model '{name}' cannot be loaded ({type(exc).__name__}). VERKKOAPU_MODEL takes "
                                    "the folder or hub name of a sentence-transformers model; empty is the default model.") from exc

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors, one row a text."""
        if self._table is not None:
            vectors = np.stack([self._mean(text) for text in texts])
        else:
            vectors = self.model.encode(list(texts), batch_size=256, show_progress_bar=False, convert_to_numpy=True)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(norms, 1e-9), dtype=np.float32)

    def _mean(self, text: str) -> np.ndarray:
        """What StaticEmbedding does with the text's pieces; an unknown piece has the vector of row 0."""
        assert self._table is not None, "only the default model is read this way"
        numbers = [self._numbers.get(piece, 0) for piece in split_pieces(text)]
        return self._table[numbers].mean(axis=0) if numbers else np.zeros(self._table.shape[1], np.float32)


def train_default(texts: Sequence[str], topics: Sequence[str], folder: Path, *, epochs: int = 4, seed: int = 7) -> Embedder:
    """Train the default model: two messages of one topic belong together (MultipleNegativesRankingLoss)."""
    import random
    from collections import Counter, defaultdict

    import torch
    from datasets import Dataset, disable_progress_bars
    from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit

    disable_progress_bars()
    chosen = random.Random(seed)
    torch.manual_seed(seed)
    prepared = [pieces_text(text) for text in texts]
    counts = Counter(piece for text in prepared for piece in set(text.split()))
    kept = [piece for piece, count in counts.most_common(VOCABULARY) if count > 1]
    vocabulary = {"[UNK]": 0, **{piece: number for number, piece in enumerate(kept, 1)}}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106 - a word, not a password
    tokenizer.pre_tokenizer = WhitespaceSplit()
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=DIMENSIONS)], device="cpu")
    by_topic = defaultdict(list)
    for text, topic in zip(prepared, topics, strict=True):
        by_topic[topic].append(text)
    pairs = [(anchor, positive) for group in by_topic.values() for anchor in group
             if (positive := chosen.choice(group)) != anchor]
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(folder.parent / "trainer"), num_train_epochs=epochs, per_device_train_batch_size=512,
        learning_rate=0.05, warmup_steps=0.1, save_strategy="no", logging_strategy="no", report_to=[], disable_tqdm=True,
        use_cpu=True, seed=seed,
    )
    dataset = Dataset.from_dict({"anchor": [pair[0] for pair in pairs], "positive": [pair[1] for pair in pairs]})
    SentenceTransformerTrainer(model=model, args=arguments, train_dataset=dataset, loss=MultipleNegativesRankingLoss(model)).train()
    model.save(str(folder), create_model_card=False)
    (folder / "verkkoapu-pieces").write_text("Texts are split by verkkoapu.search.embedding.pieces_text before encoding.\n")
    return Embedder(model, own=True)
