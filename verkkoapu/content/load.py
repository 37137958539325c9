"""Read the whole content folder into one immutable Content, with findings instead of tracebacks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from verkkoapu.content.contactfile import parse_contacts
from verkkoapu.content.model import Contact, Content, Language, Municipality, Topic, TopicText
from verkkoapu.content.topicfile import parse_topic
from verkkoapu.content.yamlfile import key_lines, list_item_lines, parse_yaml, read_or_find, read_text
from verkkoapu.errors import ContentError
from verkkoapu.findings import Finding
from verkkoapu.hours import parse_hours

#: Files of the folder that only the content check reads.
CHECK_FILES = ("README.md", "check.yaml", "never-show.yaml")


def content_files(folder: Path) -> list[Path]:
    """Every file that decides what the service says, in a stable order."""
    patterns = ("*.yaml", "contacts/*.yaml", "*/*.md", "*/phrases.yaml", "*/examples/*.txt")
    return sorted({path for pattern in patterns for path in folder.glob(pattern) if path.name not in CHECK_FILES})


def load_content(folder: Path) -> tuple[Content, list[Finding]]:
    """Read the folder. Raises ContentError when nothing usable is left; other mistakes are findings."""
    findings: list[Finding] = []
    service = _mapping(folder / "service.yaml", folder, findings)
    languages = {
        item["id"]: Language(item["id"], item["name"], item.get("dir", "ltr"), tuple(item.get("fallback") or ()),
                             tuple(str(form) for form in item.get("forms") or ()))
        for item in _items(service, "languages", ("id", "name"), folder, findings)
    }
    topics = _topics(folder, findings)
    contacts: dict[str, Contact] = {}
    for path in sorted((folder / "contacts").glob("*.yaml")):
        file = path.relative_to(folder).as_posix()
        for contact in parse_contacts(read_or_find(path, file, findings) or "", file, findings):
            if contact.id in contacts:
                findings.append(Finding(contact.file, contact.line, "error", f"The contact '{contact.id}' stands twice.",
                                        f"Keep one; the other is in {contacts[contact.id].file}."))
            contacts.setdefault(contact.id, contact)
    texts: dict[tuple[str, str], TopicText] = {}
    examples: dict[tuple[str, str], tuple[str, ...]] = {}
    phrases: dict[str, Mapping[str, object]] = {}
    for language in languages:
        _read_language(folder, language, topics, texts, examples, phrases, findings)
    if not languages or not topics or not contacts or not texts:
        raise ContentError(findings or [Finding("service.yaml", 1, "error", "The content folder is empty.",
                                                "Point VERKKOAPU_CONTENT at the content folder.")])
    return Content(
        name=service.get("name", {}), county=service.get("county", {}), languages=languages,
        municipalities=_municipalities(_items(service, "municipalities", ("id", "names"), folder, findings)),
        other_municipalities=_municipalities(_items(service, "other_municipalities", ("id", "names"), folder, findings)),
        static_contacts=tuple(service.get("static_contacts") or ()),
        general_contacts=tuple(service.get("general_contacts") or ()),
        crisis_contacts=dict(service.get("crisis_contacts_by_language") or {}),
        contacts=contacts, topics=topics, texts=texts, examples=examples, phrases=phrases,
        version=folder_version(folder),
        other_language_forms=tuple(service.get("other_language_forms", ())),
        handover=_handover(folder, contacts, topics, findings),
    ), sorted(findings)


def folder_version(folder: Path, files: Iterable[Path] | None = None) -> str:
    """A short digest of every content file: kept with each answer, so that it can be shown later what was said."""
    digest = hashlib.sha256()
    for path in content_files(folder) if files is None else files:
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _mapping(path: Path, folder: Path, findings: list[Finding]) -> dict[str, Any]:
    file = path.relative_to(folder).as_posix()
    if not path.exists():
        findings.append(Finding(file, 1, "error", "The file is missing.", "Restore it from the project's history."))
        return {}
    text = read_or_find(path, file, findings)
    data, problems = parse_yaml(text or "", file)
    findings.extend(problems)
    if text is not None and not problems and not isinstance(data, dict):
        findings.append(Finding(file, 1, "error", "The file has no 'name: value' lines.", "Restore it from the project's history."))
    return data if isinstance(data, dict) else {}


def _items(data: Mapping[str, Any], key: str, needed: tuple[str, ...], folder: Path, findings: list[Finding]) -> list[Mapping[str, Any]]:
    """The usable items of a list in service.yaml; an item without what is needed is a finding."""
    good = []
    for item in data.get(key) or []:
        if isinstance(item, Mapping) and all(item.get(name) for name in needed):
            good.append(item)
        else:
            text = read_text(folder / "service.yaml")
            named = str(item.get("id")) if isinstance(item, Mapping) else ""
            line = list_item_lines(text).get(named, key_lines(text).get(key, 1))
            findings.append(Finding("service.yaml", line, "error", f"An item of '{key}' lacks one of: {', '.join(needed)}.",
                                    "Compare it with the other items of the list."))
    return good


def _handover(folder: Path, contacts: Mapping[str, Any], topics: Mapping[str, Any], findings: list[Finding]) -> dict[str, Any]:
    """The counsellors' desk; without the file its defaults hold."""
    file = "handover.yaml"
    if not (folder / file).exists():
        return {}
    data = _mapping(folder / file, folder, findings)
    lines = key_lines(read_text(folder / file))
    try:
        parse_hours(str(data.get("hours", "24/7")))
    except ValueError as exc:
        findings.append(Finding(file, lines.get("hours", 1), "error", f"The hours cannot be read: {str(exc).splitlines()[0]}",
                                'Write them as in "Mo-Fr 08:00-16:00; PH off".'))
    limit = data.get("queue_limit", 1)
    if not isinstance(limit, int) or limit < 1:
        findings.append(Finding(file, lines.get("queue_limit", 1), "error", f"The queue limit '{limit}' is not a number above zero.",
                                "Write queue_limit: 40."))
    for name in data.get("contacts") or []:
        if name not in contacts:
            findings.append(Finding(file, lines.get("contacts", 1), "error", f"There is no contact '{name}'.",
                                    "Use an id from contacts/*.yaml."))
    if data.get("self_care") and data["self_care"] not in topics:
        findings.append(Finding(file, lines.get("self_care", 1), "error", f"There is no topic '{data['self_care']}'.",
                                "Use an id from topics.yaml."))
    return data


def _topics(folder: Path, findings: list[Finding]) -> dict[str, Topic]:
    data = _mapping(folder / "topics.yaml", folder, findings)
    path = folder / "topics.yaml"
    lines = list_item_lines(read_text(path)) if data else {}
    topics: dict[str, Topic] = {}
    for item in data.get("topics") or []:
        if not isinstance(item, Mapping) or not item.get("id") or not item.get("area"):
            findings.append(Finding("topics.yaml", 1, "error", "A topic needs an id and an area.", "Write {id: …, area: …}."))
            continue
        if item["id"] in topics:
            findings.append(Finding("topics.yaml", lines.get(item["id"], 1), "error", f"The topic '{item['id']}' stands twice.",
                                    "Remove one of the two lines."))
            continue
        topics[item["id"]] = Topic(
            id=item["id"], area=item["area"], safety=bool(item.get("safety")), core=bool(item.get("core")),
            scope=item.get("scope", ""), neighbour=item.get("not"), by_municipality=bool(item.get("by_municipality")),
            tell_apart=item.get("tell_apart") or {},
        )
    return topics


def _municipalities(items: list[Mapping[str, Any]]) -> dict[str, Municipality]:
    return {
        item["id"]: Municipality(item["id"], item["names"], tuple(str(form).lower() for form in item.get("forms", ())))
        for item in items
    }


def _read_language(folder: Path, language: str, topics: Mapping[str, Topic], texts: dict, examples: dict,
                   phrases: dict, findings: list[Finding]) -> None:
    base = folder / language
    for path in sorted(base.glob("*.md")):
        file = path.relative_to(folder).as_posix()
        if path.name in ("README.md", "STYLE.md"):
            continue
        if path.stem not in topics:
            findings.append(Finding(file, 1, "error", f"There is no topic '{path.stem}'.",
                                    "Add it to topics.yaml, or rename the file to a topic's id."))
            continue
        written = read_or_find(path, file, findings)
        if written is None:
            continue
        text, problems = parse_topic(written, path.stem, language, file)
        findings.extend(problems)
        if text is not None:
            texts[language, path.stem] = text
    for path in sorted((base / "examples").glob("*.txt")):
        lines = [line.strip() for line in (read_or_find(path, path.relative_to(folder).as_posix(), findings) or "").splitlines()]
        examples[language, path.stem] = tuple(line for line in lines if line and not line.startswith("#"))
    phrases[language] = _mapping(base / "phrases.yaml", folder, findings)
