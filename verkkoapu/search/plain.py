"""A search that needs no model: words in titles, keywords and questions. For when the action server is away."""

from __future__ import annotations

from typing import Any

from verkkoapu.content.model import Content
from verkkoapu.search.text import fold


def plain_search(content: Content, query: str, language: str, limit: int) -> list[dict[str, Any]]:
    """Topics whose words begin like the query's, best first, in the shape of the action server's answer."""
    stems = {word[:6] for word in fold(query).split() if len(word) > 2}
    scored: list[dict[str, Any]] = []
    for topic in content.topics:
        text = content.text(topic, language)
        if text is None or not stems:
            continue
        weighted = ((3.0, " ".join(text.keywords)), (2.0, text.title), (1.0, " ".join(text.questions)), (0.5, text.summary))
        score = 0.0
        for weight, field in weighted:
            words = {word[:6] for word in fold(field).split()}
            score += weight * len(stems & words)
        if score:
            scored.append({"topic": topic, "score": score / (score + 6.0)})
    return sorted(scored, key=lambda hit: -hit["score"])[:limit]
