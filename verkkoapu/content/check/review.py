"""Whether somebody has checked the text within a year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from verkkoapu.content.check.folder import Folder
from verkkoapu.findings import Finding


def dates(folder: Folder) -> Iterator[Finding]:
    """A review date that is no date, lies in the future, or has passed."""
    for text in folder.texts():
        line = folder.line(text, ("reviewed",))
        yield from _date(folder, text.file, line, "reviewed", text.reviewed)
    for contact in folder.content.contacts.values():
        if contact.checked_on:
            line = folder.find(contact.file, "checked_on:", contact.line)
            yield from _date(folder, contact.file, line, "checked_on", str(contact.checked_on))


def _date(folder: Folder, file: str, line: int, key: str, written: str) -> Iterator[Finding]:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        yield Finding(file, line, "error", f"'{written}' is not a date.", f"Write the day of the last check as {key}: 2026-11-22.")
        return
    months = (folder.today.year - day.year) * 12 + folder.today.month - day.month - (folder.today.day < day.day)
    if day > folder.tomorrow:  # one day of grace: the editor's clock and the server's may differ
        yield Finding(file, line, "error", f"The day {written} is in the future.", "Write the day somebody really checked the text.")
    elif months >= folder.limits.review_months:
        yield Finding(file, line, "warning", f"Last checked on {written}: more than {folder.limits.review_months} months ago.",
                      f"Check every number, hour and price against its source, then write today's date at {key}.")
