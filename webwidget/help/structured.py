"""Structured data (schema.org) of a page, for search engines and assistants."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from verkkoapu.contacts import fill_placeholders, localized
from verkkoapu.content.model import Content, TopicText


def topic_data(content: Content, text: TopicText, cards: list[dict[str, Any]], url: str) -> list[dict[str, Any]]:
    """FAQPage and GovernmentService of one topic."""
    language = text.language
    plain = lambda said: fill_placeholders(said, content, language)  # noqa: E731
    questions = [(text.title, text.summary), *((one.question, one.answer) for one in text.followups)]
    return [
        {
            "@context": "https://schema.org",
            "@type": "FAQPage",
            "@id": f"{url}#faq",
            "url": url,
            "inLanguage": language,
            "dateModified": text.reviewed,
            "mainEntity": [
                {"@type": "Question", "name": question, "acceptedAnswer": {"@type": "Answer", "text": plain(answer)}}
                for question, answer in questions
            ],
        },
        {
            "@context": "https://schema.org",
            "@type": "GovernmentService",
            "@id": f"{url}#service",
            "url": url,
            "name": text.title,
            "description": plain(text.summary),
            "audience": {"@type": "Audience", "audienceType": plain(text.audience)},
            "provider": {"@type": "GovernmentOrganization", "name": localized(content.county, content, language)},
            "areaServed": [
                {"@type": "AdministrativeArea", "name": localized(place.names, content, language)}
                for place in content.municipalities.values()
            ],
            "availableChannel": [
                {"@type": "ServiceChannel", "servicePhone": contact_point(card)}
                if card["phone"]
                else {"@type": "ServiceChannel", "name": card["name"], "serviceUrl": card["url"]}
                for card in cards
                if card["phone"] or card["url"]
            ],
        },
    ]


def contacts_data(content: Content, cards: list[dict[str, Any]], language: str, url: str) -> list[dict[str, Any]]:
    """The county with its contact points."""
    return [
        {
            "@context": "https://schema.org",
            "@type": "GovernmentOrganization",
            "name": localized(content.county, content, language),
            "url": url,
            "contactPoint": [contact_point(card) for card in cards if card["phone"]],
        }
    ]


def contact_point(card: dict[str, Any]) -> dict[str, Any]:
    """One card as a ContactPoint."""
    point = {"@type": "ContactPoint", "name": card["name"], "telephone": card["phone"], "contactType": card["for"] or card["name"]}
    if card["languages"]:
        point["availableLanguage"] = card["languages"]
    if card["hours_text"]:
        point["description"] = card["hours_text"]
    return point


def script_text(data: list[dict[str, Any]]) -> Markup:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - the three signs that could end the element are escaped above
