"""The limits of the check, as data: content/check.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from verkkoapu.content.yamlfile import key_lines, parse_yaml, read_text
from verkkoapu.findings import Finding

FILE = "check.yaml"


@dataclass(frozen=True)
class Speech:
    """What the check needs to know about one language; 0 and empty switch a rule off."""

    lix: float = 0
    sentence_words: int = 0
    word_letters: int = 0
    known_words: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    number_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Limits:
    """The limits in use; a field that check.yaml does not name keeps the value here."""

    title_characters: int = 70
    summary_words: int = 60
    answer_words: int = 60
    review_months: int = 12
    examples_per_topic: int = 60
    near_copy: float = 0.8
    name_with_number: tuple[str, ...] = ()
    urgent_contacts: tuple[str, ...] = ("emergency-112", "medical-helpline-116117")
    languages: Mapping[str, Speech] = field(default_factory=dict)

    def speech(self, language: str) -> Speech:
        """The limits of one language; a new language starts with none."""
        return self.languages.get(language, Speech())


def load_limits(root: Path, found: list[Finding]) -> Limits:
    """Read check.yaml; a mistake in it is a finding and leaves the default in use."""
    path = root / FILE
    if not path.exists():
        found.append(Finding(FILE, 1, "error", "The file is missing.", "Restore it from the project's history."))
        return Limits()
    text = read_text(path)
    data, problems = parse_yaml(text, FILE)
    found.extend(problems)
    lines = key_lines(text)
    values = _known(data, Limits, lines, found)
    speeches = values.pop("languages", {})
    languages = {
        str(language): Speech(**_known(item, Speech, lines, found))
        for language, item in (speeches.items() if isinstance(speeches, Mapping) else ())
    }
    return Limits(**values, languages=languages)


def _known(data: Any, kind: type, lines: Mapping[str, int], found: list[Finding]) -> dict[str, Any]:
    types = {item.name: str(item.type) for item in fields(kind)}
    values: dict[str, Any] = {}
    for key, value in (data.items() if isinstance(data, Mapping) else ()):
        line = lines.get(str(key), lines.get("languages", 1))
        if key not in types:
            found.append(Finding(FILE, line, "error", f"'{key}' is not a limit.", "Use one of " + ", ".join(types) + "."))
        elif types[key] in ("int", "float") and (isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0):
            found.append(Finding(FILE, line, "error", f"'{key}' is not a number.", "Write a number; 0 switches the rule off."))
        elif types[key].startswith("tuple"):
            values[key] = tuple(str(item) for item in value or ())
        elif key == "number_words":
            values[key] = {str(number): tuple(str(word) for word in words) for number, words in (value or {}).items()}
        else:
            values[key] = value
    return values
