"""One topic file: front matter and Markdown body."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from verkkoapu.content.model import FOLLOWUP_KINDS, Followup, Link, TopicText
from verkkoapu.content.yamlfile import key_lines, nested_lines, parse_yaml
from verkkoapu.findings import Finding

REQUIRED = ("title", "summary", "contacts", "reviewed")


def parse_topic(text: str, topic: str, language: str, file: str) -> tuple[TopicText | None, list[Finding]]:
    """Read one topic file; returns the text (None when unusable) and what an editor must mend."""
    if not text.startswith("---"):
        return None, [Finding(file, 1, "error", "The file does not begin with front matter.",
                              "Begin the file with a line of three hyphens, then title, summary and the other fields.")]
    parts = text.split("\n---", 1)
    if len(parts) != 2:
        return None, [Finding(file, 1, "error", "The front matter has no end.",
                              "Close the front matter with a line of three hyphens before the body.")]
    head = parts[0].removeprefix("---")
    body = parts[1].split("\n", 1)[1] if "\n" in parts[1] else ""
    fields, findings = parse_yaml(head, file)
    if findings:
        return None, findings
    if not isinstance(fields, Mapping):
        return None, [Finding(file, 1, "error", "The front matter is empty.", "Write title, summary, contacts and reviewed.")]
    lines = key_lines(head)
    for key in REQUIRED:
        if not fields.get(key):
            findings.append(Finding(file, lines.get(key, 1), "error", f"'{key}' is missing or empty.",
                                    f"Add a line '{key}: …' to the front matter."))
    if findings:
        return None, findings
    followups = _followups(fields.get("followups") or [], file, _Lines(head, "followups", lines), findings)
    links = _links(fields.get("links") or [], file, _Lines(head, "links", lines), findings)
    for key in ("contacts", "keywords", "questions"):
        if fields.get(key) is not None and not isinstance(fields[key], list):
            findings.append(Finding(file, lines.get(key, 1), "error", f"'{key}' is not a list.", f"Write {key}: [first, second]."))
    source = fields.get("translated_from")
    return TopicText(
        topic=topic, language=language, title=_clean(fields["title"]), summary=_clean(fields["summary"]),
        keywords=_texts(fields.get("keywords")), questions=_texts(fields.get("questions")),
        audience=_clean(fields.get("audience") or ""), contacts=_texts(fields.get("contacts")),
        links=links, followups=followups, reviewed=str(fields["reviewed"]),
        translated_from=dict(source) if isinstance(source, Mapping) else None,
        sources=_texts(fields.get("sources")), gaps=_texts(fields.get("gaps")), body=body.strip(),
        version=text_version(fields, body), file=file, lines=lines, body_line=_body_line(head, body),
    ), findings


def text_version(fields: Mapping[str, Any], body: str) -> str:
    """A short digest of what a translation is made from: all that a resident reads in this language."""
    said = [fields.get(key) for key in ("title", "summary", "audience", "followups", "contacts")]
    return hashlib.sha256((repr(said) + body.strip()).encode()).hexdigest()[:12]


class _Lines:
    """The line of each item of one list of the front matter; read only when there is something to report."""

    def __init__(self, head: str, key: str, lines: Mapping[str, int]) -> None:
        self._head, self._key, self._first = head, key, lines.get(key, 1)

    def __getitem__(self, number: int) -> int:
        return nested_lines(self._head).get((self._key, number), (self._first, 0))[0]


def _body_line(head: str, body: str) -> int:
    """The line of the first character of the stripped body: after the closing hyphens and the empty lines."""
    return head.count("\n") + 3 + body[:len(body) - len(body.lstrip())].count("\n")


def _followups(items: Any, file: str, lines: _Lines, findings: list[Finding]) -> tuple[Followup, ...]:
    result = []
    for number, item in enumerate(items if isinstance(items, list) else []):
        if not isinstance(item, Mapping) or not all(item.get(key) for key in ("kind", "question", "answer")):
            findings.append(Finding(file, lines[number], "error", "A follow-up needs kind, question and answer.",
                                    "Write {kind: cost, question: …, answer: …}."))
        elif item["kind"] not in FOLLOWUP_KINDS:
            findings.append(Finding(file, lines[number], "error", f"The follow-up kind '{item['kind']}' is not known.",
                                    "Use one of " + ", ".join(FOLLOWUP_KINDS) + "."))
        else:
            result.append(Followup(item["kind"], _clean(item["question"]), _clean(item["answer"])))
    return tuple(result)


def _links(items: Any, file: str, lines: _Lines, findings: list[Finding]) -> tuple[Link, ...]:
    result = []
    for number, item in enumerate(items if isinstance(items, list) else []):
        if not isinstance(item, Mapping) or not item.get("label") or not str(item.get("url", "")).startswith("https://"):
            findings.append(Finding(file, lines[number], "error", "A link needs a label and an https address.",
                                    'Write {label: "…", url: "https://…"}.'))
        else:
            result.append(Link(_clean(item["label"]), str(item["url"])))
    return tuple(result)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_clean(item) for item in value if item is not None) if isinstance(value, list) else ()


def _clean(value: Any) -> str:
    return " ".join(str(value).split())
