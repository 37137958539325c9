"""Example messages: no message under two topics, no near-copies, enough of them.

Messages that tell neighbouring topics apart are near-copies of each other by intention, so near-copies are looked for
within one topic and language only.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator

from verkkoapu.content.check.folder import Folder
from verkkoapu.findings import Finding

#: Examples of what is not ours stand in files that begin with this sign (verkkoapu/search/index.py).
OUTSIDE = "_"
#: Two short messages share most of their words and still ask different things ("lääkärin aika", "lääkärin numero").
MIN_TOKENS = 4


def normalised(message: str) -> str:
    """A message without capitals, punctuation and double spaces; one that is nothing but signs stays as it is."""
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", message).casefold())) or message


def unknown_topic(folder: Folder) -> Iterator[Finding]:
    """A file of examples whose name is no topic."""
    for _language, topic, file, _messages in folder.example_files:
        if topic not in folder.content.topics and not topic.startswith(OUTSIDE):
            yield Finding(file, 1, "error", f"There is no topic '{topic}'.",
                          "Rename the file to a topic's id, or add the topic to topics.yaml.")


def two_topics(folder: Folder) -> Iterator[Finding]:
    """The same message under two topics: the search would learn that both are right."""
    first: dict[tuple[str, str], tuple[str, int, str]] = {}
    for language, topic, file, messages in folder.example_files:
        for line, message in messages:
            known = first.setdefault((language, normalised(message)), (file, line, topic))
            if known[2] != topic:
                yield Finding(file, line, "error", f"“{_short(message)}” stands also in {known[0]}:{known[1]}.",
                              "Keep it under the topic that answers it, or add what tells the two apart.")


def copies(folder: Folder) -> Iterator[Finding]:
    """A message that repeats another of the same topic word for word, or nearly."""
    for _language, _topic, file, messages in folder.example_files:
        seen: dict[str, int] = {}
        unique: list[tuple[int, str]] = []
        for line, message in messages:
            form = normalised(message)
            if form in seen:
                yield Finding(file, line, "warning", f"“{_short(message)}” stands also on line {seen[form]}.", "Remove one of the two.")
                continue
            seen[form] = line
            unique.append((line, message))
        for (line, message), other in near_copies(unique, folder.limits.near_copy):
            yield Finding(file, line, "warning", f"“{_short(message)}” is nearly the message on line {other}.",
                          "Remove one of the two, or say it in another way.")


def near_copies(messages: list[tuple[int, str]], share: float) -> Iterator[tuple[tuple[int, str], int]]:
    """Messages that share at least `share` of all their different words with an earlier one (Jaccard), each once.

    Candidates come through the rarest words only: two messages this alike must share one of each other's
    first len - ceil(share × len) + 1 rarest words, so few pairs are compared.
    """
    tokens = [set(normalised(message).split()) for _, message in messages]
    frequency = Counter(token for words in tokens for token in words)
    by_word: dict[str, list[int]] = defaultdict(list)
    for number, words in enumerate(tokens):
        if len(words) < MIN_TOKENS or not share:
            continue
        rare = sorted(words, key=lambda token: (frequency[token], token))[:len(words) - math.ceil(share * len(words)) + 1]
        candidates = dict.fromkeys(other for token in rare for other in by_word[token])
        for other in candidates:
            common = len(words & tokens[other])
            if common >= share * (len(words) + len(tokens[other]) - common):
                yield messages[number], messages[other][0]
                break
        for token in rare:
            by_word[token].append(number)


def too_few(folder: Folder) -> Iterator[Finding]:
    """A topic with too few examples for the search to learn from."""
    counts = {(language, topic): (file, len(messages)) for language, topic, file, messages in folder.example_files}
    limit = folder.limits.examples_per_topic
    for language, topic in sorted(folder.content.texts):
        file, count = counts.get((language, topic), (f"{language}/examples/{topic}.txt", 0))
        if count < limit:
            yield Finding(file, 1, "warning", f"{count} example messages; {limit} or more are wanted.",
                          "Add messages as residents write them, one a line: short and long, everyday words, for a child, for a relative.")


def _short(message: str) -> str:
    return message if len(message) <= 60 else message[:57] + "…"
