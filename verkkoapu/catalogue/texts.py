"""Texts for editors and operators from texts.<language>.yaml beside this file; no sentence stands in Python."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
#: Where a text missing in a language is taken from.
FALLBACK = "en"


@lru_cache(maxsize=8)
def texts(language: str) -> dict[str, Any]:
    """All texts of one language; empty when the language has no file."""
    path = FOLDER / f"texts.{language}.yaml"
    if not language.replace("-", "").isalnum() or not path.exists():
        return {}
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {}


def languages() -> list[str]:
    """The languages that have a file of texts."""
    return sorted(path.name.split(".")[1] for path in FOLDER.glob("texts.*.yaml"))


def say(key: str, language: str, /, **values: object) -> str:
    """The text for a dotted key, with {names} filled in; raises KeyError when no language has it."""
    for candidate in (language, FALLBACK):
        found: Any = texts(candidate)
        for part in key.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        if isinstance(found, str):
            return found.format_map(values) if values else found
    raise KeyError(f"no text for {key!r}")


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """Word lists used to understand the source's own texts (words.yaml)."""
    return yaml.safe_load((FOLDER / "words.yaml").read_text(encoding="utf-8"))
