"""Reads content/safety: signs, cancellers, word groups, thresholds and replies.

Nothing here raises because of what an editor wrote: a mistake becomes a Finding with file, line and fix, and the
faulty piece is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from verkkoapu.findings import Finding
from verkkoapu.safety.patterns import Pattern, PatternError, parse, phrase_tests

TOPICS = ("emergency-112", "urgent-care-116117", "dental-emergency", "poisoning", "mental-crisis",
          "domestic-violence", "social-emergency", "child-protection-notice")
LEVELS = ("alarm", "hint")
SCOPES = ("clause", "message")
EFFECTS = ("drop", "lower")
SEVERITIES = ("life", "urgent", "concern", "none")
NOW = "now"  # the word group that outranks cancellers marked now_outranks
# The C parser reads the content in a tenth of the time; PyYAML may be installed without it.
_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_PHONE = re.compile(r"phone:[a-z0-9-]+")
_DIGITS = re.compile(r"\d{3,}")


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that is wrong, whatever the language it is told in."""

    id: str
    topic: str
    level: str
    about: str
    firm: bool = False


@dataclass(frozen=True, slots=True)
class Canceller:
    """What makes alarming words harmless: drops a sign or lowers it one step."""

    id: str
    scope: str
    effect: str
    about: str
    spares: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()
    now_outranks: bool = True


@dataclass(slots=True)
class Entry:
    """What one language says about one sign or canceller."""

    patterns: list[Pattern] = field(default_factory=list)
    must: list[str] = field(default_factory=list)
    must_not: list[str] = field(default_factory=list)
    file: str = ""
    line: int = 0


@dataclass(slots=True)
class Language:
    """The words, signs and cancellers of one language."""

    code: str
    words: dict[str, list[str]] = field(default_factory=dict)
    signs: dict[str, Entry] = field(default_factory=dict)
    cancellers: dict[str, Entry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How sure the learned score must be, by what the signs say. """

    alarm_with_alarm_sign: float = 0.0
    alarm_with_hint_sign: float = 0.9
    alarm_alone: float = 0.95
    hint_with_hint_sign: float = 0.0
    hint_alone: float = 0.6
    topic_from_score: float = 0.9


@dataclass(slots=True)
class SafetyData:
    """Everything in content/safety."""

    signs: dict[str, Sign] = field(default_factory=dict)
    cancellers: dict[str, Canceller] = field(default_factory=dict)
    languages: dict[str, Language] = field(default_factory=dict)
    thresholds: Thresholds = Thresholds()
    thresholds_by_language: dict[str, Thresholds] = field(default_factory=dict)
    replies: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """One message somebody could write, and how serious it is."""

    text: str
    topic: str
    severity: str
    style: str
    language: str


class _File:
    """A YAML file as plain values, with the line each value stands on."""

    def __init__(self, path: Path, root: Path, findings: list[Finding]) -> None:
        self.name = path.relative_to(root).as_posix()
        self._findings = findings
        self._lines: dict[tuple, int] = {}
        self.value: Any = None
        try:
            node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_YAML)
        except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
            mark = getattr(error, "problem_mark", None)
            self.error(mark.line + 1 if mark else 1, f"the file cannot be read: {getattr(error, 'problem', error)}",
                       "look at this line and the one above: indentation, a missing quote or colon")
            return
        if node is not None:
            self.value = self._plain(node, ())

    def _plain(self, node: yaml.Node, path: tuple) -> Any:
        self._lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            result: dict[str, Any] = {}
            for key_node, value_node in node.value:
                key = str(key_node.value)
                if key in result:
                    self.error(key_node.start_mark.line + 1, f"“{key}” stands here twice",
                               "join the two, or give one another name")
                result[key] = self._plain(value_node, (*path, key))
                self._lines[(*path, key)] = key_node.start_mark.line + 1
            return result
        if isinstance(node, yaml.SequenceNode):
            return [self._item(child, (*path, index)) for index, child in enumerate(node.value)]
        if node.tag.endswith((":bool", ":float", ":int", ":null")):
            return yaml.safe_load(node.value) if node.value else None
        return node.value

    def _item(self, node: yaml.Node, path: tuple) -> Any:
        """In a list everything is text: the English words "no" and "on" are not yes-or-no values here."""
        if isinstance(node, yaml.ScalarNode) and not node.tag.endswith(":null"):
            self._lines[path] = node.start_mark.line + 1
            return node.value
        return self._plain(node, path)

    def line(self, *path: Any) -> int:
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def error(self, line: int, message: str, fix: str) -> None:
        self._findings.append(Finding(self.name, line, "error", message, fix))

    def warning(self, line: int, message: str, fix: str) -> None:
        self._findings.append(Finding(self.name, line, "warning", message, fix))

    def mapping(self, *path: str) -> dict[str, Any]:
        """The mapping at this place; anything else is a finding and counts as empty."""
        value = self.value
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.error(self.line(*path), "names with values are expected here", "write “name: value” lines")
            return {}
        return value

    def texts(self, value: Any, *path: Any) -> Iterator[tuple[int, str]]:
        """The texts of a list, each with its line."""
        if value is None:
            return
        if not isinstance(value, list):
            self.error(self.line(*path), "a list is expected here", "write one “- text” line for each")
            return
        for index, item in enumerate(value):
            if isinstance(item, (dict, list)) or item is None:
                self.error(self.line(*path, index), "a text is expected here",
                           "put the text in quotes; a colon or an @ at the start needs them")
            else:
                yield self.line(*path, index), str(item)


def load(content_dir: Path) -> tuple[SafetyData, list[Finding]]:
    """Read ``content_dir/safety``. The data holds what could be read; the findings say what could not."""
    folder = content_dir / "safety"
    findings: list[Finding] = []
    data = SafetyData()
    shared_patterns: dict[str, list[tuple[str, int, str]]] = {}
    signs_path = folder / "signs.yaml"
    if not signs_path.exists():
        findings.append(Finding("safety/signs.yaml", 1, "error", "the list of signs is missing",
                                "restore the file from version control"))
        return data, findings
    shared = _File(signs_path, content_dir, findings)
    _read_signs(shared, data, shared_patterns)
    _read_cancellers(shared, data, shared_patterns)
    for path in sorted(folder.glob("*.yaml")):
        if path.stem not in ("signs", "thresholds"):
            data.languages[path.stem] = _read_language(_File(path, content_dir, findings), path.stem, data,
                                                       shared_patterns)
    if not data.languages:
        findings.append(Finding(shared.name, 1, "error", "there is no language file", "add fi.yaml, sv.yaml, …"))
    if (folder / "thresholds.yaml").exists():
        file = _File(folder / "thresholds.yaml", content_dir, findings)
        data.thresholds = _read_thresholds(file, Thresholds())
        for code in file.mapping("by_language"):
            if code not in data.languages:
                file.error(file.line("by_language", code), f"there is no language “{code}”", "use the name of a file")
            else:
                data.thresholds_by_language[code] = _read_thresholds(file, data.thresholds, "by_language", code)
    for path in sorted((folder / "replies").glob("*.yaml")):
        data.replies[path.stem] = _read_replies(_File(path, content_dir, findings))
    findings += _check_examples(folder, content_dir)
    return data, sorted(findings)


def _read_signs(file: _File, data: SafetyData, shared: dict) -> None:
    for name, value in file.mapping("signs").items():
        line = file.line("signs", name)
        if not isinstance(value, dict):
            file.error(line, f"the sign “{name}” is empty", "give it topic, level and about")
            continue
        topic, level = value.get("topic"), value.get("level")
        if topic not in TOPICS:
            file.error(file.line("signs", name, "topic"), f"“{topic}” is not a safety topic",
                       "use one of: " + ", ".join(TOPICS))
            continue
        if level not in LEVELS:
            file.error(file.line("signs", name, "level"), f"“{level}” is not a level", "use alarm or hint")
            continue
        data.signs[name] = Sign(name, topic, level, str(value.get("about") or ""), bool(value.get("firm")))
        shared[name] = [(file.name, at, text)
                        for at, text in file.texts(value.get("patterns"), "signs", name, "patterns")]


def _read_cancellers(file: _File, data: SafetyData, shared: dict) -> None:
    for name, value in file.mapping("cancellers").items():
        line = file.line("cancellers", name)
        if not isinstance(value, dict):
            file.error(line, f"the canceller “{name}” is empty", "give it scope, effect and about")
            continue
        scope, effect = value.get("scope"), value.get("effect")
        if scope not in SCOPES:
            file.error(file.line("cancellers", name, "scope"), f"“{scope}” is not a scope", "use clause or message")
            continue
        if effect not in EFFECTS:
            file.error(file.line("cancellers", name, "effect"), f"“{effect}” is not an effect", "use drop or lower")
            continue
        named: dict[str, frozenset[str]] = {}
        for key in ("spares", "only"):
            kept = set()
            for at, text in file.texts(value.get(key), "cancellers", name, key):
                if text in data.signs or text in TOPICS:
                    kept.add(text)
                else:
                    file.error(at, f"there is no sign or topic “{text}”", "use the name of a sign or a safety topic")
            named[key] = frozenset(kept)
        data.cancellers[name] = Canceller(name, scope, effect, str(value.get("about") or ""), named["spares"],
                                          named["only"], value.get("now_outranks") is not False)
        shared["cancel " + name] = [(file.name, at, text) for at, text in
                                    file.texts(value.get("patterns"), "cancellers", name, "patterns")]


def _read_language(file: _File, code: str, data: SafetyData, shared: dict) -> Language:
    language = Language(code)
    for name, value in file.mapping("words").items():
        good = []
        for at, text in file.texts(value, "words", name):
            try:
                phrase_tests(text)
            except PatternError as error:
                file.error(at, f"word group “{name}”: {error}", "write whole words, or the start of a word and a *")
            else:
                good.append(text)
        language.words[name] = good
    for kind, known, target, prefix in (("signs", data.signs, language.signs, ""),
                                        ("cancellers", data.cancellers, language.cancellers, "cancel ")):
        for name, value in file.mapping(kind).items():
            if name not in known:
                file.error(file.line(kind, name), f"signs.yaml has no {kind[:-1]} “{name}”",
                           "correct the name, or add it to signs.yaml first")
                continue
            target[name] = _read_entry(file, language, kind, name, value if isinstance(value, dict) else {})
        for name in known:
            entry = target.setdefault(name, Entry(file=file.name, line=1))
            for where, at, text in shared.get(prefix + name, ()):
                # A shared pattern stands on word groups; a language without one of them simply lacks the pattern.
                if all(group in language.words for group in re.findall(r"@([\w-]+)", text)):
                    _add_pattern(file, entry, language, at, text, where)
            if kind == "signs" and entry.patterns:
                for key in ("must", "must_not"):
                    if not getattr(entry, key):
                        file.error(entry.line, f"the sign “{name}” has no {key} example",
                                   f"add a line “{key}: [\"a message\"]” under signs: {name}:")
    return language


def _read_entry(file: _File, language: Language, kind: str, name: str, value: dict) -> Entry:
    entry = Entry(file=file.name, line=file.line(kind, name))
    for key in value:
        if key not in ("patterns", "must", "must_not"):
            file.error(file.line(kind, name, key), f"“{key}” is not known here", "use patterns, must or must_not")
    for at, text in file.texts(value.get("patterns"), kind, name, "patterns"):
        _add_pattern(file, entry, language, at, text, file.name)
    for key in ("must", "must_not"):
        setattr(entry, key, [text for _, text in file.texts(value.get(key), kind, name, key)])
    return entry


def _add_pattern(file: _File, entry: Entry, language: Language, line: int, text: str, where: str) -> None:
    try:
        entry.patterns.append(parse(text, language.words))
    except PatternError as error:
        finding = Finding(where, line, "error", f"pattern “{text}” ({language.code}): {error}",
                          "see “How a pattern is written” in safety/README.md")
        if finding not in file._findings:
            file._findings.append(finding)


def _read_thresholds(file: _File, base: Thresholds, *path: str) -> Thresholds:
    values = {}
    for name, value in file.mapping(*path).items():
        line = file.line(*path, name)
        if name == "by_language" and not path:
            continue
        if name not in Thresholds.__dataclass_fields__:
            file.error(line, f"“{name}” is not a threshold",
                       "use one of: " + ", ".join(Thresholds.__dataclass_fields__))
        elif isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
            file.error(line, f"“{value}” is not a number from 0 to 1", "write for example 0.85")
        else:
            values[name] = float(value)
    return replace(base, **values)


def _read_replies(file: _File) -> dict[str, dict[str, str]]:
    replies: dict[str, dict[str, str]] = {}
    for topic, value in file.mapping().items():
        if topic not in TOPICS:
            file.error(file.line(topic), f"“{topic}” is not a safety topic", "use one of: " + ", ".join(TOPICS))
            continue
        kept = {}
        for level in LEVELS:
            text = value.get(level) if isinstance(value, dict) else None
            line = file.line(topic, level)
            if not isinstance(text, str) or not text.strip():
                file.error(line, f"“{topic}” has no {level} text", "write one short sentence with the number to call")
                continue
            kept[level] = text
            placeholders = _PLACEHOLDER.findall(text)
            if not any(_PHONE.fullmatch(name) for name in placeholders):
                file.error(line, f"the {level} text of “{topic}” has no number", "add for example {phone:emergency-112}")
            for name in placeholders:
                if not _PHONE.fullmatch(name):
                    file.error(line, f"“{{{name}}}” is not a number placeholder", "write {phone:id-of-the-contact}")
            if _DIGITS.search(_PLACEHOLDER.sub("", text)):
                file.error(line, "a number is written out", "use a {phone:…} placeholder so that it is kept once")
        replies[topic] = kept
    for topic in TOPICS:
        if topic not in replies:
            file.error(1, f"the topic “{topic}” is missing", "add it with an alarm and a hint text")
    return replies


def read_examples(folder: Path) -> list[Example]:
    """The labelled messages in ``safety/examples``; lines that cannot be read are left out (see the findings)."""
    return [example for path in sorted((folder / "examples").glob("*.jsonl"))
            for _, example, _ in _example_lines(path) if example]


def _check_examples(folder: Path, root: Path) -> list[Finding]:
    findings = []
    for path in sorted((folder / "examples").glob("*.jsonl")):
        for number, _, mistake in _example_lines(path):
            if mistake:
                findings.append(Finding(path.relative_to(root).as_posix(), number, "error", *mistake))
    return findings


def _example_lines(path: Path) -> Iterator[tuple[int, Example | None, tuple[str, str] | None]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            example = Example(value["text"], value["topic"], value["severity"], value.get("style", ""),
                              path.name.split(".")[0])
        except (ValueError, KeyError, TypeError) as error:
            yield number, None, (f"this line is not an example: {error}",
                                 'write {"topic": "…", "severity": "…", "style": "…", "text": "…"}')
            continue
        if example.severity not in SEVERITIES:
            yield number, None, (f"“{example.severity}” is not a severity", "use life, urgent, concern or none")
        elif example.severity != "none" and example.topic not in TOPICS:
            yield number, None, (f"“{example.topic}” is not a safety topic", "use one of: " + ", ".join(TOPICS))
        else:
            yield number, example, None
