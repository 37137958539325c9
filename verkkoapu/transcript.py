"""A conversation as text, for the resident to keep."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from babel.dates import format_date

from verkkoapu.clock import HELSINKI
from verkkoapu.i18n import babel_locale, translate


def transcript_text(messages: Iterable[dict[str, Any]], language: str, moment: datetime) -> str:
    """Every message on lines of its own, with the county's time and who spoke."""
    day = format_date(moment.astimezone(HELSINKI).date(), "long", locale=babel_locale(language))
    lines = [translate("transcript.title", language, date=day), ""]
    for message in messages:
        if not message.get("text"):
            continue
        at = datetime.fromisoformat(message["at"]).astimezone(HELSINKI)
        who = translate(f"transcript.{message['from']}", language)
        lines += [translate("transcript.line", language, time=at.strftime("%H:%M"), who=who, text=message["text"]), ""]
    return "\n".join(lines)
