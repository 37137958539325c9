"""Note in a translation which version of the source it follows; every other byte of the file stays as it is."""

from __future__ import annotations

import codecs
import os
from pathlib import Path

import yaml

from verkkoapu.content.load import load_content
from verkkoapu.content.model import Content, TopicText
from verkkoapu.content.yamlfile import compose_yaml, parse_yaml
from verkkoapu.findings import Finding


def stamp_translations(folder: Path, topic: str | None = None, language: str | None = None) -> tuple[list[str], list[Finding]]:
    """Stamp the translations (all, or of one topic or language): the files changed, and those refused with the reason."""
    content, _findings = load_content(folder)
    changed: list[str] = []
    refused = list(_unknown(content, topic, language))
    for text in sorted(content.texts.values(), key=lambda text: text.file):
        if text.translated_from is None or topic not in (None, text.topic) or language not in (None, text.language):
            continue
        source = content.texts.get((str(text.translated_from.get("language")), text.topic))
        line = text.lines.get("translated_from", 1)
        if source is None or source is text:
            named = text.translated_from.get("language")
            refused.append(Finding(text.file, line, "error", f"The source {named}/{text.topic}.md is missing or cannot be read.",
                                   "Name the language it was translated from, or mend the source first."))
            continue
        path = folder / text.file
        before = path.read_bytes()
        after = _stamped(before, source.version)
        if after is None or not _only_version_changed(before, after, text, source.version):
            refused.append(Finding(text.file, line, "error", "The line 'translated_from' cannot be changed safely.",
                                   f"Write it as translated_from: {{language: {source.language}, version: \"{source.version}\"}}."))
        elif after != before:
            partial = path.with_name(path.name + ".new")
            partial.write_bytes(after)
            os.chmod(partial, path.stat().st_mode & 0o777)
            os.replace(partial, path)
            changed.append(text.file)
    return changed, refused


def _unknown(content: Content, topic: str | None, language: str | None) -> list[Finding]:
    found = []
    if topic is not None and topic not in content.topics:
        found.append(Finding("topics.yaml", 1, "error", f"There is no topic '{topic}'.", "Use the id of a topic."))
    if language is not None and language not in content.languages:
        found.append(Finding("service.yaml", 1, "error", f"There is no language '{language}'.",
                             "Use one of " + ", ".join(content.languages) + "."))
    return found


def _stamped(data: bytes, version: str) -> bytes | None:
    """The file with the version written in; None when the place for it cannot be found."""
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    text = data[len(mark):].decode()
    end = text.find("\n---")
    if not text.startswith("---") or end < 0:
        return None
    head = text[3:end]
    root = compose_yaml(head)
    fields = root.value if isinstance(root, yaml.MappingNode) else []
    source = next((value for key, value in fields if key.value == "translated_from"), None)
    if not isinstance(source, yaml.MappingNode) or not source.value:
        return None
    here = next((value for key, value in source.value if key.value == "version"), None)
    written = f'"{version}"'
    if here is not None:
        start, stop = here.start_mark.index, here.end_mark.index
        if head[start:stop].strip("\"'") == version:
            return data
        if start == stop:  # "version:" with nothing after it
            written = " " + written if start and not head[start - 1].isspace() else written
    else:
        last_key, last = source.value[-1]
        start = stop = last.end_mark.index
        if source.flow_style:
            written = f", version: {written}"
        else:
            newline = "\r\n" if "\r\n" in head else "\n"
            written = f"{newline}{' ' * last_key.start_mark.column}version: {written}"
    return mark + (text[:3] + head[:start] + written + head[stop:] + text[end:]).encode()


def _only_version_changed(before: bytes, after: bytes, text: TopicText, version: str) -> bool:
    """Whether the file still says what it said, with the new version and nothing else."""
    def fields(data: bytes) -> tuple[dict, str]:
        whole = data.decode("utf-8-sig")
        head, _, body = whole.removeprefix("---").partition("\n---")
        return parse_yaml(head, text.file)[0], body

    (old, old_body), (new, new_body) = fields(before), fields(after)
    source = new.pop("translated_from")
    old.pop("translated_from")
    return old == new and old_body == new_body and source == {**(text.translated_from or {}), "version": version}
