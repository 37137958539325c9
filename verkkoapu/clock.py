"""The service's clock: now, or a trial time that moves on from where VERKKOAPU_CLOCK put it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

#: Opening hours, "today" and "tomorrow" are always the county's own time.
HELSINKI = ZoneInfo("Europe/Helsinki")


class Clock:
    """Tells the time. With `start`, time begins there when the clock is made and then runs as usual."""

    def __init__(self, start: datetime | None = None) -> None:
        self._offset = timedelta(0) if start is None else start - datetime.now(UTC)

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC) + self._offset

    def local(self) -> datetime:
        """The present moment in the county's time zone."""
        return self.now().astimezone(HELSINKI)

    def timestamp(self) -> float:
        """Seconds since 1970 by this clock."""
        return time.time() + self._offset.total_seconds()


def iso(moment: datetime) -> str:
    """A moment as ISO 8601 in UTC with milliseconds, as API.md promises."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
