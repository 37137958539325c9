"""What came of the messages, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from verkkoapu.evaluate.messages import NOT_OURS, Message


@dataclass(frozen=True)
class Outcome:
    """What was said: the kind of reply, its topic, the topics offered, and how sure the search was."""

    kind: str
    topic: str | None = None
    choices: tuple[str, ...] = field(default=())
    score: float = 0.0

    @property
    def first(self) -> str | None:
        """The topic named first: answered, or first among the choices."""
        return self.topic if self.topic is not None else (self.choices[0] if self.choices else None)


def figures(messages: Sequence[Message], outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Shares of the messages, each of which has a right topic."""
    pairs = list(zip(messages, outcomes, strict=True))
    count = max(1, len(pairs))
    return {
        "messages": len(pairs),
        "right_first": sum(o.first == m.topic for m, o in pairs) / count,
        "right_or_offered": sum(m.topic == o.topic or m.topic in o.choices for m, o in pairs) / count,
        "wrong_and_sure": sum(o.topic not in (None, m.topic) for m, o in pairs) / count,
        "clarify": sum(o.kind == "clarify" for _, o in pairs) / count,
        "unknown": sum(o.topic is None and not o.choices for _, o in pairs) / count,
    }


def by_language_and_style(messages: Sequence[Message], outcomes: Sequence[Outcome]) -> dict[str, dict[str, dict[str, float]]]:
    """{language: {"all" or style: figures}}."""
    result: dict[str, dict[str, dict[str, float]]] = {}
    for language in dict.fromkeys(message.language for message in messages):
        chosen = [(m, o) for m, o in zip(messages, outcomes, strict=True) if m.language == language]
        groups = {"all": chosen}
        for style in dict.fromkeys(m.style for m, _ in chosen):
            groups[style] = [(m, o) for m, o in chosen if m.style == style]
        result[language] = {name: figures([m for m, _ in group], [o for _, o in group]) for name, group in groups.items()}
    return result


def outside_figures(messages: Sequence[Message], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """How many messages that are not ours were answered as if they were, in all and by kind."""
    result: dict[str, Any] = {}
    for language in dict.fromkeys(message.language for message in messages):
        pairs = [(m, o) for m, o in zip(messages, outcomes, strict=True) if m.language == language]
        ours = [(m, o) for m, o in pairs if m.style in NOT_OURS]
        result[language] = {
            "messages": len(ours), "answered_as_known": sum(o.kind == "answer" for _, o in ours) / max(1, len(ours)),
            "kinds": {kind: {"messages": sum(m.style == kind for m, _ in pairs), "answered": sum(
                m.style == kind and o.kind == "answer" for m, o in pairs)} for kind in dict.fromkeys(m.style for m, _ in pairs)},
            "answered": [{"text": m.text, "kind": m.style, "topic": o.topic} for m, o in ours if o.kind == "answer"],
        }
    return result


def confusions(messages: Sequence[Message], outcomes: Sequence[Outcome], limit: int = 20) -> list[dict[str, Any]]:
    """The topics taken for each other most."""
    counts = Counter((m.topic, o.first) for m, o in zip(messages, outcomes, strict=True) if o.first != m.topic and o.first)
    return [{"topic": right, "taken_for": wrong, "times": times} for (right, wrong), times in counts.most_common(limit)]


def reliability(right: Sequence[bool], scores: Sequence[float], bins: int = 10) -> list[dict[str, float]]:
    """How often the first topic is right, by how probable the search said it is."""
    ok, score = np.asarray(right, dtype=float), np.asarray(scores)
    number = np.minimum((score * bins).astype(int), bins - 1)
    return [{"said": float(score[number == n].mean()), "right": float(ok[number == n].mean()), "messages": int((number == n).sum())}
            for n in range(bins) if (number == n).any()]


def draw_reliability(curves: dict[str, list[dict[str, float]]], path: Path) -> None:
    """The reliability curves as a picture."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":", label="as it should be")
    for (language, points), marker in zip(curves.items(), "osD^v", strict=False):
        axes.plot([point["said"] for point in points], [point["right"] for point in points], marker=marker, label=language)
    axes.set(xlabel="probability the search gave", ylabel="share that was right", xlim=(0, 1), ylim=(0, 1))
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
