"""The fusion's numbers, kept as data in content/search.yaml; docs/decisions says how they were chosen."""

from __future__ import annotations

from dataclasses import fields
from itertools import chain
from pathlib import Path

import yaml

from verkkoapu.search.index import Fusion


def load_fusion(content_dir: Path) -> Fusion:
    """Read content/search.yaml; a missing file or field keeps the default."""
    path = content_dir / "search.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    data = data or {}
    known = {field.name for field in fields(Fusion)} - {"negations"}
    numbers = {name: float(value) for name, value in data.items() if name in known}
    patterns = [*chain.from_iterable((data.get("negations") or {}).values())]
    return Fusion(**numbers, negations=tuple(patterns))
