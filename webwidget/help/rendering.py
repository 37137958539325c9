"""Rendering a help page: what every page needs, in one place."""

from __future__ import annotations

from datetime import date
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from flask import abort, g, render_template, request
from markupsafe import Markup

from verkkoapu.contacts import localized
from verkkoapu.content.model import Content
from verkkoapu.i18n import babel_locale, translate, translate_plural
from webwidget.help.pages import ages, strip_cards, with_calls
from webwidget.help.structured import script_text
from webwidget.services import services


def offered(language: str) -> str:
    """The language of the address, when it is on offer; else a page that says so and shows those that are."""
    if language not in services().content.languages:
        g.missing_language = language
        abort(404)
    g.language = language
    return language


def page(template: str, language: str, *, path: str = "", title: str = "", translated: list[str] | None = None, **values: Any) -> str:
    """A whole page. `path` is the address after the language; `translated` are the languages that really have it."""
    found = services()
    content = found.content
    base = found.settings.base_url
    known = content.languages[language]
    return render_template(
        template,
        language=language,
        dir=known.dir,
        base=base,
        path=path,
        title=title,
        content=content,
        languages=content.languages.values(),
        name=localized(content.name, content, language),
        county=localized(content.county, content, language),
        strip=strip_cards(found, language),
        alternates=[one for one in content.languages if translated is None or one in translated],
        here=f"{base}/{language}/{path}",
        t=lambda key, **given: translate(f"help.{key}", language, **given),
        widget_text=lambda key, **given: translate(f"widget.{key}", language, **given),
        tn=lambda key, count: translate_plural(f"help.{key}", count, language),
        ages=ages(),
        calls=lambda text: with_calls(text, content, language),
        script_text=script_text,
        language_name=lambda one: language_name(one, language),
        date=lambda day: day_text(day, language),
        **values,
    )


def language_name(one: str, language: str) -> str:
    """A language's name in another: "ruotsi" for sv in Finnish."""
    try:
        return Locale.parse(language.replace("-", "_")).languages.get(one, one)
    except (UnknownLocaleError, ValueError):
        return one


def day_text(day: str, language: str) -> str:
    """An ISO day as people of the language write it."""
    try:
        return format_date(date.fromisoformat(str(day)[:10]), "medium", locale=babel_locale(language))
    except ValueError:
        return str(day)


def preferred_language(content: Content) -> str:
    """The offered language that the browser likes best."""
    return services().language(request.accept_languages.best_match(list(content.languages)) if request.accept_languages else None)


def text_with_breaks(text: str) -> Markup:
    """A reply's plain text, a paragraph a line."""
    return Markup("").join(Markup("<p>{}</p>").format(line) for line in text.split("\n") if line.strip())
