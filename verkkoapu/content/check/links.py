"""Links: inside the service to a topic that exists, outside it by https."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from verkkoapu.content.check.folder import Folder, fields
from verkkoapu.findings import Finding

_TARGET = re.compile(r"\]\(\s*<?([^)\s>]*)")
_HTTP = re.compile(r"http://[^\s)>\"']+")


def internal(folder: Folder) -> Iterator[Finding]:
    """A link to /fi/topic where there is no such topic, or in another language than the text."""
    content = folder.content
    for text in folder.texts():
        for part in fields(text):
            for target in _TARGET.findall(part.said):
                if target.startswith("https://"):
                    continue
                line = folder.line(text, part.path, target)
                language, _, topic = target.lstrip("/").partition("/")
                topic = topic.split("#", 1)[0].rstrip("/")
                if not target.startswith("/") or language not in content.languages or not topic:
                    yield Finding(text.file, line, "error", f"'{target}' is not a link that works.",
                                  f"Write an https address, or /{text.language}/ and the id of a topic.")
                elif (language, topic) not in content.texts:
                    yield Finding(text.file, line, "error", f"The link '{target}' leads nowhere: there is no {language}/{topic}.md.",
                                  "Use the id of a topic as in topics.yaml.")
                elif language != text.language and (text.language, topic) in content.texts:
                    yield Finding(text.file, line, "warning", f"The link '{target}' leads to another language.",
                                  f"Write /{text.language}/{topic}.")


def not_https(folder: Folder) -> Iterator[Finding]:
    """An address that is not protected; those under `links` the loader names."""
    for text in folder.texts():
        for part in fields(text):
            for address in _HTTP.findall(part.said):
                yield Finding(text.file, folder.line(text, part.path, address), "error", f"'{address}' is not an https address.",
                              "Write https:// when the site has it, or leave the link out.")


def of_contacts(folder: Folder) -> Iterator[Finding]:
    """A contact's or a topic's address that is no https address."""
    for contact in folder.content.contacts.values():
        for url in dict.fromkeys([contact.url, *contact.urls.values()]):
            if url and not _is_https(url):
                yield Finding(contact.file, folder.find(contact.file, url, contact.line), "error",
                              f"The address '{url}' of '{contact.id}' is not a whole https address.", 'Write url: "https://…".')
    for text in folder.texts():
        for number, link in enumerate(text.links):
            if not _is_https(link.url):
                yield Finding(text.file, folder.line(text, ("links", number), link.url), "error",
                              f"The address '{link.url}' is not a whole https address.", 'Write {label: "…", url: "https://…"}.')


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and "." in parts.netloc and not re.search(r"\s", url)
