"""Our own copy of the catalogue on disk: one JSON file a record, and state.json with the retrieval times.

    services/ channels/ organisations/ connections/ codes/   <id>.json: the record as it came
    state.json    what was read from where and when; written last, so that it never promises more than is there
    incoming/     a reading that is under way; taken over whole at its end, or continued by the next one

A reading that fails changes nothing outside incoming/. Every file is written beside its place and moved there.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from verkkoapu.catalogue.errors import PullRefused
from verkkoapu.catalogue.problems import Problem
from verkkoapu.catalogue.reading import FOLDERS, Reading, add_code_names, kind_of, record_id

STATE_VERSION = 1


def write_atomically(path: Path, text: str, sync: bool = False) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # mkstemp makes it for us alone; other processes of the service read it too
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any, sync: bool = False) -> None:
    """JSON with real letters, except those that cannot be written as UTF-8."""
    try:
        text = json.dumps(value, ensure_ascii=False, indent=1)
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=1)
    write_atomically(path, text + "\n", sync)


def digest(record: Any) -> str:
    """A short fingerprint of a record, the same whatever the order of its keys."""
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:16]


@dataclass
class State:
    """What we know about our copy. `records` has one line a record: seen, changed, digest, missing_since."""

    source: str = ""
    scope: dict[str, Any] = field(default_factory=dict)
    full_at: str | None = None
    changes_at: str | None = None
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)

    def seen(self, identifier: str) -> str | None:
        """When this record (or both ends of a connection, "service~channel") was last seen at the source."""
        parts = identifier.split("~")
        times = [line.get("seen") for part in parts for folder in FOLDERS.values()
                 if (line := self.records.get(f"{folder}/{part}")) is not None]
        found = [time for time in times if time]
        return min(found) if len(found) >= len(parts) else None

    def missing(self, identifier: str) -> bool:
        """Whether the source no longer had this record when everything was last read."""
        return any((self.records.get(f"{folder}/{part}") or {}).get("missing_since")
                   for part in identifier.split("~") for folder in FOLDERS.values())


class Copy:
    """The folder of our copy."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def incoming(self) -> Path:
        return self.folder / "incoming"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the copy for one reading at a time; raises PullRefused when another one holds it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as exc:
                raise PullRefused("error.busy") from exc
            yield

    def state(self) -> State:
        """The state; an empty one when there is no copy yet or its state cannot be read."""
        try:
            data = json.loads((self.folder / "state.json").read_text(encoding="utf-8"))
            if data.pop("version", None) != STATE_VERSION:
                return State()
            return State(**data)
        except (OSError, ValueError, TypeError):
            return State()

    def write_state(self, state: State) -> None:
        write_json(self.folder / "state.json", {"version": STATE_VERSION, **state.__dict__}, sync=True)

    def read(self, with_missing: bool = False) -> Reading:
        """Read the copy into the model; records that the source no longer has are left out."""
        reading, state = Reading(), self.state()
        codes = sorted((self.folder / "codes").glob("*.json"))
        add_code_names(reading.shared, (json.loads(path.read_text(encoding="utf-8")) for path in codes))
        for kind in ("organisation", "service", "channel", "connection"):
            folder = FOLDERS[kind]
            for path in sorted((self.folder / folder).glob("*.json")):
                line = state.records.get(f"{folder}/{path.stem}") or {}
                if line.get("missing_since") and not with_missing:
                    continue
                try:
                    reading.add(json.loads(path.read_text(encoding="utf-8")), path.stem)
                except (OSError, ValueError) as exc:
                    reading.problems.append(Problem(path.stem, "", "unreadable", str(exc)[:80]))
        return reading


class Incoming:
    """A reading under way: records are put here, and `take_over` makes them our copy."""

    def __init__(self, copy: Copy, scope: Mapping[str, Any], now: datetime) -> None:
        self.copy = copy
        self.now = now.isoformat(timespec="seconds")
        self.scope = dict(scope)
        self.started = self.now
        self.digests: dict[str, str] = {}
        self.done: dict[str, dict[str, Any]] = {}
        self.resumed = self._resume(now)

    @property
    def _log(self) -> Path:
        return self.copy.incoming / "progress.jsonl"

    def _resume(self, now: datetime) -> bool:
        """Go on with a reading of the same kind that was cut off less than a day ago; else begin anew."""
        try:
            lines = self._log.read_text(encoding="utf-8").splitlines()
            head = json.loads(lines[0])
            age = (now - datetime.fromisoformat(head["started"])).total_seconds()
            if head["scope"] == json.loads(json.dumps(self.scope)) and 0 <= age < 86_400:
                for line in lines[1:]:
                    try:
                        page = json.loads(line)
                    except ValueError:
                        break  # the line that the crash cut short
                    self.done[page["url"]] = page
                    self.digests.update(page["digests"])
                self.started = head["started"]
                return True
        except (OSError, ValueError, KeyError, IndexError, TypeError):
            pass
        shutil.rmtree(self.copy.incoming, ignore_errors=True)
        self.copy.incoming.mkdir(parents=True)
        self._append({"scope": self.scope, "started": self.started})
        return False

    def put_page(self, url: str, records: Iterable[Any], state: State, **more: Any) -> list[Problem]:
        """Keep the records of one answer, then note that this address is done; returns what could not be kept."""
        digests: dict[str, str] = {}
        problems = []
        for record in records:
            kind, identifier = kind_of(record), record_id(record)
            if kind not in FOLDERS or not identifier:
                problems.append(Problem(url, "", "not_a_record", str(record)[:60]))
                continue
            path = f"{FOLDERS[kind]}/{identifier}"
            digests[path] = digest(record)
            if (state.records.get(path) or {}).get("digest") != digests[path] or not self._have(path):
                write_json(self.copy.incoming / f"{path}.json", record)
        self._done(url, digests, more)
        return problems

    def keep_page(self, url: str, page: Mapping[str, Any], state: State) -> None:
        """The source said "not changed": the records of this address are those that we have."""
        digests = {path: state.records[path]["digest"] for path in page.get("ids", ()) if path in state.records}
        self._done(url, digests, {key: page[key] for key in ("etag", "pages") if key in page})

    def put_codes(self, name: str, listed: list[Any]) -> None:
        """Keep one code list."""
        write_json(self.copy.incoming / "codes" / f"{name}.json", {"list": name, "items": listed})

    def _have(self, path: str) -> bool:
        return (self.copy.folder / f"{path}.json").exists()

    def _done(self, url: str, digests: dict[str, str], more: Mapping[str, Any]) -> None:
        page = {"url": url, "digests": digests, **more}
        self._append(page)
        self.done[url] = page
        self.digests.update(digests)

    def _append(self, line: Mapping[str, Any]) -> None:
        with self._log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def take_over(self, state: State, source: str, full: bool) -> dict[str, int]:
        """Move what came into the copy and write the new state; returns counts of new, changed, same and missing."""
        counts = {"new": 0, "changed": 0, "same": 0, "missing": 0}
        for path, fingerprint in self.digests.items():
            line = state.records.setdefault(path, {})
            if line.get("digest") == fingerprint:
                counts["same"] += 1
            else:
                counts["changed" if line.get("digest") else "new"] += 1
                line.update(digest=fingerprint, changed=self.now)
            line["seen"] = self.now
            line.pop("missing_since", None)
        if full:
            for path, line in state.records.items():
                if path not in self.digests:
                    line.setdefault("missing_since", self.now)
                    counts["missing"] += 1
        for file in sorted(self.copy.incoming.rglob("*.json")):
            target = self.copy.folder / file.relative_to(self.copy.incoming)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(file, target)
        state.source, state.scope = source, self.scope.get("what", {})
        if full:
            state.full_at = self.started
            # Only a full reading asks the same addresses again; those of a change reading carry its date.
            state.pages = {
                url: {"etag": page["etag"], "ids": list(page["digests"]), "pages": page.get("pages", 1)}
                for url, page in self.done.items() if page.get("etag")
            }
        state.changes_at = self.started
        self.copy.write_state(state)
        shutil.rmtree(self.copy.incoming, ignore_errors=True)
        return counts


def shrunk(state: State, digests: Iterable[str]) -> tuple[str, int, int] | None:
    """The kind of record of which a full reading brought less than half of what we had, with both counts."""
    def by_folder(paths: Iterable[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for path in paths:
            folder = path.split("/", 1)[0]
            found[folder] = found.get(folder, 0) + 1
        return found

    had = by_folder(path for path, line in state.records.items() if not line.get("missing_since"))
    came = by_folder(digests)
    for folder, before in had.items():
        if before >= 10 and came.get(folder, 0) * 2 < before:
            return folder, before, came.get(folder, 0)
    return None

