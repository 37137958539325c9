"""Services of the catalogue that no topic of ours covers: drafts for editors, and the list of gaps.

A draft lies in var/catalogue/drafts/, outside content/, is marked `draft: true` and is never read by the service. It
holds the catalogue's own words: an editor writes the topic, nothing is published by itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from verkkoapu.catalogue.convert import Entry
from verkkoapu.catalogue.match import alike, words_of
from verkkoapu.catalogue.model import Catalogue, Service
from verkkoapu.catalogue.store import write_atomically, write_json
from verkkoapu.catalogue.texts import say
from verkkoapu.content.model import Content

#: From this likeness of a service's name to a title or keyword the topic covers the service.
COVERED = 0.7
#: What a front matter may hold of the catalogue's summary.
SUMMARY_LETTERS = 500


@dataclass(frozen=True)
class Gap:
    """One service without a topic, and the topic that is nearest to it."""

    service: str
    names: dict[str, str]
    classes: tuple[str, ...]
    nearest: str | None
    likeness: float


def find_gaps(catalogue: Catalogue, content: Content, matched: Iterable[str], owners: Iterable[str] = ()) -> list[Gap]:
    """Published services (of `owners`, when given) that neither a decided contact nor a topic's words cover."""
    wanted = set(owners)
    matched_channels = {entry.split("~")[-1] for entry in matched}
    covered = {service for service, channel in catalogue.connections if channel in matched_channels}
    topics = _topic_names(content)
    found = []
    for service in catalogue.services.values():
        if service.status != "published" or service.id in covered or (wanted and not wanted & set(service.organisations)):
            continue
        nearest, likeness = _nearest(service, topics)
        if likeness < COVERED:
            classes = tuple(code.names.get("fi") or code.code for code in service.classes)
            found.append(Gap(service.id, dict(service.names), classes, nearest, round(likeness, 2)))
    return sorted(found, key=lambda gap: (gap.likeness, gap.service))


def write_drafts(gaps: Iterable[Gap], catalogue: Catalogue, entries: Iterable[Entry], folder: Path) -> int:
    """Write one draft a gap and language, and gaps.json; drafts of an earlier run are replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    contacts: dict[str, list[Entry]] = {}
    for entry in entries:
        for identifier in entry.services:
            contacts.setdefault(identifier, []).append(entry)
    listed = list(gaps)
    for gap in listed:
        service = catalogue.services[gap.service]
        for language, name in service.names.items():
            write_atomically(folder / language / f"{gap.service}.md", _draft(service, language, name, contacts.get(gap.service, [])))
    write_json(folder / "gaps.json", [
        {"service": gap.service, "names": gap.names, "classes": list(gap.classes), "nearest_topic": gap.nearest,
         "likeness": gap.likeness} for gap in listed
    ])
    return len(listed)


def _draft(service: Service, language: str, name: str, entries: list[Entry]) -> str:
    head = {
        "draft": True, "title": name, "summary": service.summaries.get(language, "")[:SUMMARY_LETTERS],
        "catalogue_service": service.id, "audience": ", ".join(code.names.get(language) or code.code for code in service.groups),
        "contacts": [
            {"catalogue_entry": entry.id, "name": entry.names.get(language) or next(iter(entry.names.values()), ""),
             "phone": entry.phones[0].number if entry.phones else None, "hours": entry.hours,
             "url": entry.urls.get(language) or next(iter(entry.urls.values()), None)}
            for entry in entries if entry.status == "published"
        ],
        "sources": [say("attribution", language)],
    }
    body = service.descriptions.get(language, "")
    return f"---\n{yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=110)}---\n{body}\n"


def _topic_names(content: Content) -> list[tuple[str, str, str]]:
    found = []
    for text in content.texts.values():
        found += [(text.topic, text.language, said) for said in (text.title, *text.keywords)]
    return found


def _nearest(service: Service, topics: list[tuple[str, str, str]]) -> tuple[str | None, float]:
    best, likeness = None, 0.0
    names = {language: (name, {word[:5] for word in words_of(name)}) for language, name in service.names.items()}
    for topic, language, said in topics:
        name = names.get(language)
        # The letters are compared only where a word begins alike: there are thousands of pairs.
        if name is None or not any(word[:5] in name[1] for word in words_of(said)):
            continue
        value = alike(name[0], said)
        if value > likeness:
            best, likeness = topic, value
    return best, likeness
