"""The pages that only show: home, age groups, topics, search, contacts, statements, maps for machines."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape as xml_escape

from flask import Response, abort, g, redirect, request

from verkkoapu.assistant import find_municipality
from verkkoapu.contacts import choose_contacts, contact_cards, fill_placeholders, localized, named_cards
from verkkoapu.errors import AssistantUnavailable
from verkkoapu.search.plain import plain_search
from webwidget import limits
from webwidget.api.requests import MAX_TEXT, network, within_limit
from webwidget.errors import ApiError, error_response
from webwidget.help import blueprint
from webwidget.help.pages import ages, body_html, fixed_text, topics_by_area, topics_for_age, with_calls
from webwidget.help.rendering import offered, page, preferred_language
from webwidget.help.structured import contacts_data, topic_data
from webwidget.services import services
from webwidget.turns import clean_text, guard_verdict, safety_message
from webwidget.widget import parts
from webwidget.widget.packing import packed

SEARCH_RESULTS = 8
#: Addresses of a language that are not topics.
OWN_PAGES = ("contacts", "ask", "callback", "accessibility", "privacy")


@blueprint.get("/")
def choose_language() -> Response:
    answer = redirect(f"/{preferred_language(services().content)}/")
    answer.headers["Vary"] = "Accept-Language"
    answer.headers["Cache-Control"] = "no-cache"
    return answer  # type: ignore[return-value]


@blueprint.get("/<lang:language>/")
def home(language: str) -> str:
    language = offered(language)
    return page("help/home.html", language, groups=topics_by_area(services().content, language))


@blueprint.get("/<lang:language>/for/<age>")
def age_group(language: str, age: str) -> str:
    language = offered(language)
    if age not in ages():
        abort(404)
    content = services().content
    return page(
        "help/home.html", language, path=f"for/{age}", age=age, groups=topics_by_area(content, language, topics_for_age(content, age))
    )


@blueprint.get("/<lang:language>/<topic>")
def topic(language: str, topic: str) -> str:
    language = offered(language)
    return topic_page(language, topic)


def topic_page(language: str, topic: str, path: str | None = None) -> str:
    """One topic, in the language or the nearest one that has it."""
    found = services()
    content = found.content
    text = content.text(topic, language)
    if topic not in content.topics or text is None:
        abort(404)
    municipality = municipality_asked()
    cards = contact_cards(content, choose_contacts(content, text, municipality), language, found.clock.now())
    path = path or topic
    return page(
        "help/topic.html",
        language,
        path=path,
        title=text.title,
        text=text,
        topic=content.topics[topic],
        cards=cards,
        municipality=municipality,
        summary=with_calls(text.summary, content, text.language),
        body=body_html(text.body, content, text.language),
        text_dir=content.languages[text.language].dir,
        followups=[(one.question, with_calls(one.answer, content, text.language)) for one in text.followups],
        missing=text.language != language,
        translated=[one for one in content.languages if (one, topic) in content.texts],
        data=topic_data(content, text, cards, f"{found.settings.base_url}/{text.language}/{path}"),
        neighbours=[
            other
            for other in (
                content.text(one.id, language)
                for one in content.topics.values()
                if one.area == content.topics[topic].area and one.id != topic
            )
            if other is not None
        ][:6],
    )


@blueprint.get("/<lang:language>/privacy")
def privacy(language: str) -> str:
    return topic_page(offered(language), "data-protection", "privacy")


@blueprint.get("/<lang:language>/accessibility")
def accessibility(language: str) -> str:
    language = offered(language)
    content = services().content
    markdown, found = fixed_text("accessibility", content, language)
    heading, _, body = markdown.partition("\n")
    return page(
        "help/plain.html",
        language,
        path="accessibility",
        title=heading.lstrip("# "),
        text_language=found,
        missing=found != language,
        text_dir=content.languages[found].dir,
        body=body_html(body, content, found),
    )


@blueprint.get("/<lang:language>/search")
def search(language: str) -> tuple[str, int]:
    language = offered(language)
    query = clean_text(request.args.get("q", ""))[:MAX_TEXT]
    too_many = bool(query) and not allowed(limits.SEARCHES_A_NETWORK)
    results = find_topics(query, language) if query and not too_many else []
    # Danger is answered however many searches there were: the guard needs nothing but this process.
    danger = danger_in(query, language) if query else None
    body = page("help/search.html", language, path="search", query=query, results=results, danger=danger, too_many=too_many, noindex=True)
    return body, 429 if too_many else 200


def allowed(limit: Any) -> bool:
    """Whether this network may ask once more now."""
    try:
        within_limit(limit, network())
    except ApiError:
        return False
    return True


def find_topics(query: str, language: str) -> list[dict[str, Any]]:
    """Topics for a search, best first, each in the nearest language; plain word search when the action server is away."""
    found = services()
    content, masked = found.content, found.mask.mask(query).text
    try:
        hits = found.actions.search(masked, SEARCH_RESULTS + 3)
    except AssistantUnavailable:
        hits = plain_search(content, masked, language, SEARCH_RESULTS + 3)
    results = []
    for hit in hits:
        text = content.text(hit["topic"], language) if not hit["topic"].startswith("_") else None
        if text is not None:
            results.append(
                {
                    "topic": text.topic,
                    "title": text.title,
                    "lang": text.language,
                    "summary": fill_placeholders(text.summary, content, text.language),
                }
            )
    return results[:SEARCH_RESULTS]


def danger_in(text: str, language: str) -> dict[str, Any] | None:
    """The safety reply to a text, when the guard reads danger in it."""
    verdict = guard_verdict(services(), text, language)
    return safety_message(services(), verdict, text, language) if verdict.level and verdict.topic else None


@blueprint.get("/<lang:language>/contacts")
def contacts(language: str) -> str:
    language = offered(language)
    found = services()
    content, now = found.content, found.clock.now()
    municipality = municipality_asked()
    general = list(dict.fromkeys([*content.static_contacts, *content.general_contacts]))
    if municipality:
        own = [c.id for c in content.contacts.values() if municipality in c.municipalities]
    else:
        own = [c.id for c in content.contacts.values() if not c.municipalities]
    own_cards = named_cards(content, [one for one in own if one not in general], language, now)
    own_cards.sort(key=lambda card: card["name"].casefold())
    general_cards = named_cards(content, general, language, now)
    asked = request.args.get("municipality", "")
    return page(
        "help/contacts.html",
        language,
        path="contacts",
        municipality=municipality,
        unknown=bool(asked.strip()) and not municipality,
        place=localized(content.municipalities[municipality].names, content, language) if municipality else "",
        own=own_cards,
        general=general_cards,
        data=contacts_data(content, [*general_cards, *own_cards], language, f"{found.settings.base_url}/{language}/contacts"),
    )


def municipality_asked() -> str | None:
    """The municipality named in the address, by id or as people write it."""
    asked = clean_text(request.args.get("municipality", "")).casefold()[:60]
    places = services().content.municipalities
    if asked in places:
        return asked
    found = find_municipality(asked, places) if asked else None
    return found.id if found is not None else None


# --- for machines -------------------------------------------------------------------------------------------


@blueprint.get("/help/style-<version>.css")
def style(version: str) -> Response:
    body = parts.read_file(STYLE).encode()
    fresh = version == style_version()
    return packed(body, "text/css", max_age=31_536_000 if fresh else 60, immutable=fresh)


STYLE = parts.STATIC.parent.parent / "help" / "static" / "help.css"


@blueprint.app_template_global()
def style_version() -> str:
    """A digest of the style sheet, for its address."""
    return parts.file_version(STYLE)


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """Every page in every language it really has, with its other languages."""
    found = services()
    content, base = found.content, found.settings.base_url
    pages: list[tuple[str, list[str], str]] = [("", list(content.languages), "")]
    pages += [(f"for/{age}", list(content.languages), "") for age in ages()]
    pages += [(name, list(content.languages), "") for name in OWN_PAGES]
    for one in content.topics:
        having = [language for language in content.languages if (language, one) in content.texts]
        if having:
            pages.append((one, having, str(content.texts[having[0], one].reviewed)))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">',
    ]
    for path, having, changed in pages:
        links = "".join(f'<xhtml:link rel="alternate" hreflang="{one}" href="{xml_escape(f"{base}/{one}/{path}")}"/>' for one in having)
        for language in having:
            stamp = f"<lastmod>{xml_escape(changed)}</lastmod>" if changed else ""
            lines.append(f"<url><loc>{xml_escape(f'{base}/{language}/{path}')}</loc>{stamp}{links}</url>")
    return packed("\n".join([*lines, "</urlset>"]).encode(), "application/xml", max_age=3600)


@blueprint.get("/robots.txt")
def robots() -> Response:
    base = services().settings.base_url
    hidden = "".join(f"Disallow: {path}\n" for path in ("/api/", "/console", "/*/search"))
    return Response(
        f"User-agent: *\n{hidden}Sitemap: {base}/sitemap.xml\n", mimetype="text/plain", headers={"Cache-Control": "public, max-age=3600"}
    )


@blueprint.app_errorhandler(404)
def not_found(error: Any) -> Response:
    """A page that helps on: in the language of the address, with search, topics and numbers."""
    if request.path.startswith("/api/"):
        return error_response(404, "not_found")
    if request.path.startswith(("/console", "/widget/")):
        return error.get_response()
    content = services().content
    first = request.path.split("/")[1]
    language = first if first in content.languages else preferred_language(content)
    missing = getattr(g, "missing_language", None)
    rest = request.path.split("/", 2)[2] if missing and request.path.count("/") > 1 else ""
    body = page(
        "help/not_found.html",
        language,
        path=rest,
        missing_language=missing,
        rest=rest,
        noindex=True,
        alternates_off=True,
        groups=topics_by_area(content, language),
    )
    return Response(body, status=404, mimetype="text/html", headers={"Cache-Control": "no-store"})
