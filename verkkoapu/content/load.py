"""Read the whole content folder into one immutable Content, with findings instead of tracebacks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from verkkoapu.content.contactfile import parse_contacts
from verkkoapu.content.model import Content, Language, Municipality, Topic, TopicText
from verkkoapu.content.topicfile import parse_topic
from verkkoapu.content.yamlfile import list_item_lines, parse_yaml, read_text
from verkkoapu.errors import ContentError
from verkkoapu.findings import Finding


def content_files(folder: Path) -> list[Path]:
    """Every file that decides what the service says, in a stable order."""
    patterns = ("*.yaml", "contacts/*.yaml", "*/*.md", "*/phrases.yaml", "*/examples/*.txt")
    return sorted({path for pattern in patterns for path in folder.glob(pattern) if path.name != "README.md"})


def load_content(folder: Path) -> tuple[Content, list[Finding]]:
    """Read the folder. Raises ContentError when nothing usable is left; other mistakes are findings."""
    findings: list[Finding] = []
    service = _mapping(folder / "service.yaml", folder, findings)
    languages = {
        item["id"]: Language(item["id"], item["name"], item.get("dir", "ltr"), tuple(item.get("fallback", ())),
                             tuple(item.get("forms", ())))
        for item in service.get("languages", [])
    }
    topics = _topics(folder, findings)
    contacts = {}
    for path in sorted((folder / "contacts").glob("*.yaml")):
        for contact in parse_contacts(read_text(path), str(path.relative_to(folder)), findings):
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
        municipalities=_municipalities(service.get("municipalities", [])),
        other_municipalities=_municipalities(service.get("other_municipalities", [])),
        static_contacts=tuple(service.get("static_contacts", ())),
        general_contacts=tuple(service.get("general_contacts", ())),
        crisis_contacts=dict(service.get("crisis_contacts_by_language", {})),
        contacts=contacts, topics=topics, texts=texts, examples=examples, phrases=phrases,
        version=folder_version(folder),
        other_language_forms=tuple(service.get("other_language_forms", ())),
    ), sorted(findings)


def folder_version(folder: Path, files: Iterable[Path] | None = None) -> str:
    """A short digest of every content file: kept with each answer, so that it can be shown later what was said."""
    digest = hashlib.sha256()
    for path in content_files(folder) if files is None else files:
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _mapping(path: Path, folder: Path, findings: list[Finding]) -> dict[str, Any]:
    file = str(path.relative_to(folder))
    if not path.exists():
        findings.append(Finding(file, 1, "error", "The file is missing.", "Restore it from the project's history."))
        return {}
    data, problems = parse_yaml(read_text(path), file)
    findings.extend(problems)
    return data if isinstance(data, dict) else {}


def _topics(folder: Path, findings: list[Finding]) -> dict[str, Topic]:
    data = _mapping(folder / "topics.yaml", folder, findings)
    path = folder / "topics.yaml"
    lines = list_item_lines(read_text(path)) if path.exists() else {}
    topics: dict[str, Topic] = {}
    for item in data.get("topics", []):
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
        file = str(path.relative_to(folder))
        if path.name in ("README.md", "STYLE.md"):
            continue
        if path.stem not in topics:
            findings.append(Finding(file, 1, "error", f"There is no topic '{path.stem}'.",
                                    "Add it to topics.yaml, or rename the file to a topic's id."))
            continue
        text, problems = parse_topic(read_text(path), path.stem, language, file)
        findings.extend(problems)
        if text is not None:
            texts[language, path.stem] = text
    for path in sorted((base / "examples").glob("*.txt")):
        lines = [line.strip() for line in read_text(path).splitlines()]
        examples[language, path.stem] = tuple(line for line in lines if line and not line.startswith("#"))
    phrases[language] = _mapping(base / "phrases.yaml", folder, findings)
