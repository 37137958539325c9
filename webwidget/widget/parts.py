"""The panel's files as they are served, and one digest over all of them."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"


def names() -> tuple[str, ...]:
    """Every file of the panel; what is not in this list is not served."""
    return tuple(sorted(path.name for path in STATIC.iterdir() if path.suffix in (".js", ".css")))


def read(name: str) -> str:
    """One file, read again when it has changed on disk."""
    path = STATIC / name
    return _read(path, path.stat().st_mtime_ns)


def version() -> str:
    """A digest of every file: a new one makes new addresses, so that parts of two versions never meet."""
    return _digest(tuple((name, (STATIC / name).stat().st_mtime_ns) for name in names()))


def read_file(path: Path) -> str:
    """A file beside the panel's that is served the same way."""
    return _read(path, path.stat().st_mtime_ns)


def file_version(path: Path) -> str:
    """A digest of one file."""
    return hashlib.sha256(read_file(path).encode()).hexdigest()[:12]


@lru_cache(maxsize=64)
def _read(path: Path, _changed: int) -> str:
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=4)
def _digest(stamps: tuple[tuple[str, int], ...]) -> str:
    found = hashlib.sha256()
    for name, _changed in stamps:
        found.update(name.encode() + b"\0" + (STATIC / name).read_bytes() + b"\0")
    return "v" + found.hexdigest()[:12]
