"""What a help page shows, put together from content: groups of topics, texts with numbers to call, the addresses of a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from verkkoapu.contacts import PLACEHOLDER, fill_placeholders, named_cards
from verkkoapu.content.contactfile import phone_text
from verkkoapu.content.model import Content, TopicText
from webwidget.services import Services

_MARKDOWN = MarkdownIt("commonmark", {"html": False})
_HERE = Path(__file__).parent
#: How many static contacts stand in the strip at the top of every page: those that answer day and night.
STRIP = 3


@dataclass(frozen=True)
class Group:
    """Topics under one heading."""

    id: str
    texts: tuple[TopicText, ...]


@lru_cache(maxsize=1)
def grouping() -> dict[str, Any]:
    """groups.yaml."""
    return yaml.safe_load((_HERE / "groups.yaml").read_text(encoding="utf-8"))


def topics_by_area(content: Content, language: str, only: set[str] | None = None) -> list[Group]:
    """All topics, or those named, in the order of areas; a topic without a text in any language is left out."""
    order = grouping()["areas"]
    areas = [*order, *sorted({topic.area for topic in content.topics.values()} - set(order))]
    groups = []
    for area in areas:
        texts = [
            content.text(topic.id, language)
            for topic in content.topics.values()
            if topic.area == area and (only is None or topic.id in only)
        ]
        found = tuple(text for text in texts if text is not None)
        if found:
            groups.append(Group(area, found))
    return groups


def ages() -> tuple[str, ...]:
    """The age groups, youngest first."""
    return tuple(grouping()["ages"])


def topics_for_age(content: Content, age: str) -> set[str]:
    """Topic ids of one age group. Adults have everything that is not only for others."""
    groups = grouping()
    named = set(groups["ages"][age])
    if not named:
        named = set(content.topics) - set(groups["not_adults"])
    return named | set(groups["everyone"])


def with_calls(text: str, content: Content, language: str) -> Markup:
    """A plain text of an editor as HTML, its numbers as links to call."""
    pieces, at = [], 0
    for match in PLACEHOLDER.finditer(text):
        pieces.append(escape(text[at : match.start()]))
        at = match.end()
        contact = content.contacts.get(match.group(2))
        if match.group(1) == "phone" and contact is not None and contact.phone:
            pieces.append(Markup('<a href="tel:{}"><bdi dir="ltr">{}</bdi></a>').format(contact.phone, phone_text(contact.phone)))
        else:
            pieces.append(escape(fill_placeholders(match.group(), content, language)))
    pieces.append(escape(text[at:]))
    return Markup("").join(pieces)


def body_html(markdown: str, content: Content, language: str, deeper: int = 0) -> Markup:
    """An editor's Markdown as HTML; HTML in it is shown as text. `deeper` moves headings down."""

    def number(match: re.Match[str]) -> str:
        contact = content.contacts.get(match.group(2))
        if match.group(1) == "phone" and contact is not None and contact.phone:
            return f"[{phone_text(contact.phone)}](tel:{contact.phone})"
        return fill_placeholders(match.group(), content, language)

    tokens = _MARKDOWN.parse(PLACEHOLDER.sub(number, markdown))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + deeper)}"
    return Markup(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))  # noqa: S704 - the renderer escapes


def fixed_text(name: str, content: Content, language: str) -> tuple[str, str]:
    """A page of our own as Markdown (`texts/<language>/<name>.md`), and the language it was found in."""
    for candidate in content.language_chain(language):
        path = _HERE / "texts" / candidate / f"{name}.md"
        if path.exists():
            return path.read_text(encoding="utf-8"), candidate
    raise FileNotFoundError(name)


def strip_cards(services: Services, language: str) -> list[dict[str, Any]]:
    """The numbers on top of every page."""
    content = services.content
    return named_cards(content, content.static_contacts[:STRIP], language, services.clock.now())
