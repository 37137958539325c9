"""What a counsellor looks up: ready answers, contact cards, close reasons, the audit log."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request

from verkkoapu.assistant import body_sections
from verkkoapu.contacts import choose_contacts, contact_card, contact_cards, contact_line, fill_placeholders, localized
from verkkoapu.content.model import Content, TopicText
from verkkoapu.errors import AssistantUnavailable
from verkkoapu.search.plain import plain_search
from webwidget.console import blueprint
from webwidget.console.conversations import close_reasons, ui_language
from webwidget.console.login import me, staff
from webwidget.errors import bad_request
from webwidget.services import services
from webwidget.turns import clean_text

MAX_ANSWERS = 8
MAX_CONTACTS = 20


@blueprint.get("/ready-answers")
@staff("ready_answers")
def ready_answers():
    """Editors' texts in the resident's language, for the words searched or the topic named; to insert and to edit."""
    content, language = services().content, services().language(request.args.get("lang"))
    query, topic = clean_text(request.args.get("q", ""))[:200], request.args.get("topic")
    if query:
        try:
            hits = [hit["topic"] for hit in services().actions.search(query, MAX_ANSWERS + 3)]
        except AssistantUnavailable:
            hits = [hit["topic"] for hit in plain_search(content, query, language, MAX_ANSWERS)]
        # A word of the title or the keywords counts although the search by meaning puts it further down.
        hits = [hit["topic"] for hit in plain_search(content, query, language, 3)] + hits
    elif topic in content.topics:
        hits = [topic]
    else:
        hits = []
    texts = [content.text(name, language) for name in dict.fromkeys(hits) if name in content.topics]
    return jsonify({"answers": [_answer(content, text, language) for text in texts if text is not None][:MAX_ANSWERS]})


def _answer(content: Content, text: TopicText, language: str) -> dict[str, Any]:
    cards = contact_cards(content, choose_contacts(content, text, None), language, services().clock.now())
    lines = [fill_placeholders(text.summary, content, language), *(contact_line(card, language) for card in cards)]
    sections = body_sections(fill_placeholders(text.body, content, language))
    steps = [line for section in sections[:1]
             for line in (*section["paragraphs"], *(f"{number}. {item}" for number, item in enumerate(section["items"], 1)))]
    pieces = [{"title": text.title, "text": "\n".join(lines)}]
    if steps:
        pieces.append({"title": sections[0]["heading"] or text.title, "text": "\n".join(steps)})
    pieces += [{"title": followup.question, "text": fill_placeholders(followup.answer, content, language)} for followup in text.followups]
    return {"topic": text.topic, "title": text.title, "language": text.language, "pieces": pieces}


@blueprint.get("/contacts")
@staff("ready_answers")
def find_contacts():
    content, language = services().content, services().language(request.args.get("lang"))
    words = clean_text(request.args.get("q", ""))[:100].casefold().split()
    found = []
    for contact in content.contacts.values():
        said = " ".join((localized(contact.names, content, language), localized(contact.whom, content, language), contact.id,
                         contact.phone or "", *contact.municipalities)).casefold()
        if all(word in said for word in words):
            found.append(contact)
    found.sort(key=lambda contact: contact.phone not in words)
    cards = [contact_card(content, contact, language, services().clock.now()) for contact in found[:MAX_CONTACTS]]
    return jsonify({"contacts": [{**card, "text": contact_line(card, language)} for card in cards]})


@blueprint.get("/choices")
@staff()
def read_choices():
    """What the console's lists offer: languages, fields, topics, close reasons."""
    content, language = services().content, ui_language()
    texts = [content.text(topic, language) for topic in content.topics]
    topics = [{"id": text.topic, "title": text.title} for text in texts if text is not None]
    return jsonify({
        "languages": [{"id": offered.id, "name": offered.name} for offered in content.languages.values()],
        "areas": sorted({topic.area for topic in content.topics.values()}),
        "topics": sorted(topics, key=lambda topic: topic["title"]),
        "close_reasons": close_reasons(),
    })


@blueprint.get("/audit")
@staff("audit")
def read_audit():
    """The newest entries; there is no route that changes or removes one."""
    before = request.args.get("before") or "+"
    if before != "+" and not before.replace("-", "").isdigit():
        raise bad_request("before")
    services().audit.write(me().id, "read_audit")
    return jsonify({"entries": services().audit.newest(200, before)})
