"""The content in use: read again when a file changes; a broken change is refused and the last good one stays."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from verkkoapu.content.load import content_files, load_content
from verkkoapu.content.model import Content
from verkkoapu.errors import ContentError
from verkkoapu.findings import Finding

log = logging.getLogger(__name__)

#: How often, at most, the folder is looked at for changes.
CHECK_SECONDS = 2.0


class ContentStore:
    """Holds the last good content. `current()` looks for edits at most every CHECK_SECONDS."""

    def __init__(self, folder: Path, check_seconds: float = CHECK_SECONDS) -> None:
        self.folder = folder
        self._check_seconds = check_seconds
        self._lock = threading.Lock()
        self._stamp = self._look()
        self._content, findings = load_content(folder)
        errors = [finding for finding in findings if finding.severity == "error"]
        if errors:
            raise ContentError(errors)
        #: What is wrong with an edit that was refused; empty while the folder is as it should be.
        self.refused: list[Finding] = []
        self._checked_at = time.monotonic()
        self._listeners: list[Callable[[Content], None]] = []

    def on_change(self, listener: Callable[[Content], None]) -> None:
        """Call `listener` with the new content after each accepted change."""
        self._listeners.append(listener)

    def current(self) -> Content:
        """The content in use, after taking in a good change if there is one."""
        if time.monotonic() - self._checked_at < self._check_seconds or not self._lock.acquire(blocking=False):
            return self._content
        try:
            self._checked_at = time.monotonic()
            stamp = self._look()
            if stamp != self._stamp:
                self._stamp = stamp
                self._take_in()
        finally:
            self._lock.release()
        return self._content

    def _look(self) -> tuple:
        stamp = []
        for path in content_files(self.folder):
            try:
                stat = path.stat()
            except FileNotFoundError:  # an editor's program replaced it this very moment
                continue
            stamp.append((str(path), stat.st_mtime_ns, stat.st_size))
        return tuple(stamp)

    def _take_in(self) -> None:
        try:
            content, findings = load_content(self.folder)
            errors = [finding for finding in findings if finding.severity == "error"]
        except ContentError as exc:
            errors, content = exc.findings, self._content
        except OSError as exc:
            log.error("content_unreadable", extra={"reason": type(exc).__name__})
            return
        self.refused = errors
        if errors:
            # File and line only: an editor's unfinished text need not be in the log.
            log.error("content_change_refused", extra={"where": [f"{f.file}:{f.line}" for f in errors[:5]]})
            return
        self._content = content
        log.info("content_changed", extra={"version": content.version})
        for listener in self._listeners:
            listener(content)
