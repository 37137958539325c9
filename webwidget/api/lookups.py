"""Search and contacts without a conversation, and the description of the interface."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Response, g, jsonify, request

from verkkoapu.contacts import choose_contacts, contact_cards, fill_placeholders, named_cards
from verkkoapu.errors import AssistantUnavailable
from verkkoapu.search.plain import plain_search
from webwidget import limits
from webwidget.api import blueprint
from webwidget.api.requests import MAX_TEXT, network, within_limit
from webwidget.errors import ApiError, bad_request
from webwidget.services import services
from webwidget.turns import clean_text

_OPENAPI = Path(__file__).with_name("openapi.json")


@blueprint.get("/search")
def search():
    language = services().language(request.args.get("lang"))
    g.language = language
    query = clean_text(request.args.get("q", ""))
    if not query:
        raise bad_request("q")
    if len(query) > MAX_TEXT:
        raise ApiError(413, "too_long", limit=MAX_TEXT)
    try:
        limit = max(1, min(20, int(request.args.get("limit", "5"))))
    except ValueError as exc:
        raise bad_request("limit") from exc
    within_limit(limits.SEARCHES_A_NETWORK, network())
    content = services().content
    masked = services().mask.mask(query).text
    try:
        hits = services().actions.search(masked, limit + 3)
    except AssistantUnavailable:
        hits = plain_search(content, masked, language, limit + 3)
    results = []
    for hit in hits:
        text = content.text(hit["topic"], language) if not hit["topic"].startswith("_") else None
        if text is not None:
            results.append({"topic": text.topic, "title": text.title, "lang": text.language, "score": round(hit["score"], 4),
                            "summary": fill_placeholders(text.summary, content, language)})
    return jsonify({"results": results[:limit]})


@blueprint.get("/contacts")
def contacts():
    content = services().content
    language = services().language(request.args.get("lang"))
    g.language = language
    topic, municipality = request.args.get("topic"), request.args.get("municipality") or None
    if topic and topic not in content.topics:
        raise bad_request("topic")
    if municipality is not None:
        municipality = municipality.casefold()
        if municipality not in content.municipalities:
            from verkkoapu.assistant import find_municipality

            found = find_municipality(municipality, content.municipalities)
            if found is None:
                raise bad_request("municipality")
            municipality = found.id
    text = content.text(topic, language) if topic else None
    now = services().clock.now()
    if text is not None:
        cards = contact_cards(content, choose_contacts(content, text, municipality), language, now)
    else:
        ids = [*content.static_contacts, *content.general_contacts]
        own = [c.id for c in content.contacts.values() if municipality and municipality in c.municipalities]
        cards = named_cards(content, list(dict.fromkeys([*own, *ids])), language, now)
    return jsonify({"contacts": cards})


@blueprint.get("/openapi.json")
def openapi():
    return Response(json.dumps(json.loads(_OPENAPI.read_text(encoding="utf-8")), ensure_ascii=False), mimetype="application/json")
