"""The interface texts as the browser gets them: from the catalogues, with plural forms by CLDR category."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError

from verkkoapu.callbacks import TIMES
from verkkoapu.contacts import fill_placeholders, named_cards
from verkkoapu.content.model import Content
from verkkoapu.i18n import FALLBACK, catalogue, translate, translate_plural
from webwidget.services import Services
from webwidget.widget import parts

PREFIX = "widget."
#: Texts the loader shows before, or instead of, everything else.
LOADER_TEXTS = ("widget.launcher", "widget.unreachable", "widget.try_again", "widget.close", "widget.loading")
#: How long the panel waits between two questions for news when no event stream gets through, in seconds.
POLL_SECONDS = 4
#: Where a language is written a little differently here than its code says.
REGIONS = {"fi": "fi-FI", "sv": "sv-FI", "en": "en-GB"}


def loader_config(services: Services) -> dict[str, Any]:
    """What stands inside widget.js: per language the words and names, once the numbers."""
    content = services.content
    contacts = [content.contacts[i] for i in content.static_contacts if i in content.contacts and content.contacts[i].phone]
    cards = named_cards(content, [contact.id for contact in contacts], "fi", services.clock.now())
    languages = {}
    for language in content.languages.values():
        named = named_cards(content, [contact.id for contact in contacts], language.id, services.clock.now())
        languages[language.id] = [
            language.dir,
            _localized(content.name, content, language.id),
            *(translate(key, language.id) for key in LOADER_TEXTS),
            [card["name"] for card in named],
        ]
    return {"version": parts.version(), "phones": [[card["phone"], card["phone_text"]] for card in cards], "languages": languages}


def panel_texts(services: Services, language: str) -> dict[str, Any]:
    """What the panel needs to know about one language, in one answer."""
    content = services.content
    privacy = content.text("data-protection", language)
    return {
        "language": language,
        "locale": REGIONS.get(language, language),
        "name": _localized(content.name, content, language),
        "languages": [{"id": one.id, "name": one.name, "dir": one.dir} for one in content.languages.values()],
        "texts": widget_texts(language),
        "when": [{"value": when, "label": content.phrase(f"when_{when}", language)} for when in TIMES],
        "privacy": {"lang": privacy.language, "text": fill_placeholders(privacy.summary, content, privacy.language)} if privacy else None,
        "contacts": named_cards(content, content.static_contacts, language, services.clock.now()),
        "poll_seconds": POLL_SECONDS,
    }


@lru_cache(maxsize=32)
def widget_texts(language: str) -> dict[str, str | dict[str, str]]:
    """Every `widget.` text; one with plural forms as {category: form}."""
    found: dict[str, str | dict[str, str]] = {}
    for key, plural in widget_keys():
        if plural:
            found[key] = {
                category: translate_plural(key, number, language, count="%(count)s")
                for category, number in plural_examples(language).items()
            }
        else:
            found[key] = translate(key, language)
    return found


@lru_cache(maxsize=1)
def widget_keys() -> tuple[tuple[str, bool], ...]:
    """The keys of the widget's texts, and whether they have plural forms, from the catalogue that must be complete."""
    for language in FALLBACK:
        known = catalogue(language)
        if known is not None:
            return tuple(
                sorted(
                    (str(message.id[0] if message.pluralizable else message.id), message.pluralizable)
                    for message in known
                    if str(message.id[0] if message.pluralizable else message.id).startswith(PREFIX)
                )
            )
    return ()


@lru_cache(maxsize=32)
def plural_examples(language: str) -> dict[str, int]:
    """One whole number for each plural category of the language, so that a browser can name forms by category."""
    try:
        rule = Locale.parse(language.replace("-", "_")).plural_form
    except (UnknownLocaleError, ValueError):
        return {"one": 1, "other": 2}
    found: dict[str, int] = {}
    for number in range(0, 201):
        found.setdefault(str(rule(number)), number)
    # Whole numbers do not reach `other` in every language; a browser asks for it with a fraction.
    found.setdefault("other", 5)
    return found


def _localized(texts: Any, content: Content, language: str) -> str:
    return next((texts[one] for one in content.language_chain(language) if texts.get(one)), "")
