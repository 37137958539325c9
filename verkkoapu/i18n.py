"""Interface texts from the message catalogues, with named placeholders and plural forms.

A text is asked for by its key (`contact.open_until`); `verkkoapu/locale/<language>/LC_MESSAGES/messages.po`
holds the words, English among them. Catalogues are read as they are: adding a language needs no compile step.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LOCALE_DIR = Path(__file__).parent / "locale"
#: Where a text missing in a language is taken from, in this order.
FALLBACK = ("fi", "sv", "en")


@lru_cache(maxsize=32)
def catalogue(language: str, folder: Path = LOCALE_DIR) -> Catalog | None:
    """The catalogue of one language, or None when there is none."""
    path = folder / language / "LC_MESSAGES" / "messages.po"
    if not language.replace("-", "").isalnum() or not path.exists():
        return None
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def catalogue_languages(folder: Path = LOCALE_DIR) -> list[str]:
    """Every language that has a catalogue."""
    return sorted(path.parent.parent.name for path in folder.glob("*/LC_MESSAGES/messages.po"))


@lru_cache(maxsize=64)
def babel_locale(language: str) -> str:
    """The locale for dates and times in a language; British English for a language Babel does not know."""
    locale = {"sv": "sv_FI", "en": "en_GB", "fi": "fi_FI"}.get(language, language.replace("-", "_"))
    try:
        Locale.parse(locale)
    except (UnknownLocaleError, ValueError):
        return "en_GB"
    return locale


def translate(key: str, language: str, /, **values: object) -> str:
    """The text for `key` in `language` (or the nearest one that has it), with %(name)s filled in."""
    return _lookup(key, None, language, values)


def translate_plural(key: str, count: int, language: str, /, **values: object) -> str:
    """As translate, in the plural form that `count` asks for; %(count)s is filled in."""
    return _lookup(key, count, language, {"count": count, **values})


def _lookup(key: str, count: int | None, language: str, values: dict[str, object]) -> str:
    for candidate in dict.fromkeys([language, language.split("-")[0], *FALLBACK]):
        found = catalogue(candidate)
        message = found.get(key) if found is not None else None
        if found is None or message is None or not message.string or message.fuzzy:
            continue
        if isinstance(message.string, (tuple, list)):
            form = message.string[found.plural_form(count)] if hasattr(found, "plural_form") else \
                message.string[_plural_index(found, 1 if count is None else count)]
        else:
            form = message.string
        if form:
            return form % values if values else form
    raise KeyError(f"no catalogue has the text {key!r}")


def _plural_index(found: Catalog, count: int) -> int:
    from gettext import c2py

    return c2py(found.plural_expr)(count)
