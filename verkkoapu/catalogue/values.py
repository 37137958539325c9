"""Forgiving readers of JSON values: whatever stands there, these return the expected type or nothing.

The source holds nulls, duplicates and empty texts in most lists, and recorded files may hold anything at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2028-\u202e\ufeff]")
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")


def mapping(value: Any) -> Mapping[str, Any]:
    """The mapping itself, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> list[Any]:
    """The list itself, or an empty one."""
    return value if isinstance(value, list) else []


def items(value: Any) -> list[Mapping[str, Any]]:
    """The mappings in a list; everything else in it is left out."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """Clean text, or "" for anything that is not text or a plain number."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    # A lone surrogate is legal JSON and cannot be written as UTF-8.
    clean = str(value).encode("utf-8", "replace").decode("utf-8")
    return _UNSEEN.sub("", clean).strip()


def flag(value: Any) -> bool:
    """True only for JSON true (or the word), because a wrong type must not close or open a place."""
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def identifier(value: Any) -> str | None:
    """An id that is safe as a file name, or None."""
    found = text(value)
    return found if _ID.fullmatch(found) else None


def language_of(value: Any) -> str:
    """A language code, or "fi": the source leaves it out where there is only Finnish."""
    found = text(value).lower()
    return found if _LANGUAGE.fullmatch(found) else "fi"


def localized(value: Any, kind: str | None = None, key: str = "value") -> dict[str, str]:
    """Texts per language from a v11 list, a v12 mapping or a plain text; the first text of a language wins."""
    found: dict[str, str] = {}
    for language, this_kind, words in _localized(value, key):
        if words and (kind is None or this_kind == kind):
            found.setdefault(language, words)
    return found


def _localized(value: Any, key: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, list):
        for item in items(value):
            yield language_of(item.get("language")), text(item.get("type")), text(item.get(key))
    elif isinstance(value, Mapping):
        for language, words in value.items():
            if isinstance(words, Mapping):
                words = words.get(key) or words.get("name")
            yield language_of(language), "", text(words)
    elif text(value):
        yield "fi", "", text(value)


def names_of(value: Mapping[str, Any]) -> dict[str, str]:
    """The names of a code, area or municipality, under any of the keys that versions use."""
    for key in ("name", "names", "languageVersions", "label", "displayName"):
        found = localized(value.get(key)) if key != "languageVersions" else localized(value.get(key), key="name")
        if found:
            return found
    return {}


def day(value: Any) -> date | None:
    """A date as the clock in Finland shows it.

    Dates come as "2018-06-01T00:00:00", with or without a zone. A naive 21:00 or 22:00 that is exactly midnight
    in Finland was written in UTC.
    """
    found = text(value)
    if not found or isinstance(value, (int, float)):
        return None
    try:
        moment = datetime.fromisoformat(found.replace("Z", "+00:00"))
        if moment.tzinfo is not None:
            moment = moment.astimezone(HELSINKI).replace(tzinfo=None)
        elif moment.hour in (21, 22) and not moment.minute:
            local = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(HELSINKI)
            moment = local.replace(tzinfo=None) if not local.hour else moment
    except (ValueError, OverflowError):
        return None
    # .NET's smallest and largest dates stand for "no date".
    return moment.date() if 1900 < moment.year < 2100 else None


_TIME = re.compile(r"(?:(\d)\.)?(\d{1,2})[:.](\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]00:00)?")


def minutes(value: Any) -> int | None:
    """Minutes from midnight of "08:00:00", "8:00" or .NET's "1.00:00:00"; 23:59:59 is the day's end."""
    match = _TIME.fullmatch(text(value)) if isinstance(value, str) else None
    if not match:
        return None
    days, hours, mins, seconds = (int(part or 0) for part in match.groups())
    total = days * 1440 + hours * 60 + mins
    if mins > 59 or seconds > 59 or total > 1440:
        return None
    return 1440 if total == 1439 and seconds == 59 else total


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def weekday(value: Any) -> int | None:
    """0 for Monday to 6 for Sunday, or None."""
    found = text(value).lower()
    return WEEKDAYS.index(found) if found in WEEKDAYS else None


def next_day(value: date) -> date:
    return value + timedelta(days=1)
