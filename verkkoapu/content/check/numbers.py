"""Telephone numbers written out in texts, and numbers that must never be shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import phonenumbers

from verkkoapu.content.check.folder import BRACES, Folder, fields
from verkkoapu.content.yamlfile import parse_yaml, read_text
from verkkoapu.findings import Finding

NEVER_SHOW = "never-show.yaml"
_ADDRESS = re.compile(r"https?://\S+")
_SHORT = re.compile(r"(?<![\d+,.:/-])(112|116\s?\d{3})(?![\d:.,/-]*\d)")
#: Texts that are shown as they are, so that a placeholder cannot stand there: these short numbers may.
_SHORT_ALLOWED = ("112", "116117")
_RUN = re.compile(r"\+?\d(?:[ \u00a0().\u2010-\u2015/-]{0,2}\d){5,}")


def written_out(folder: Folder) -> Iterator[Finding]:
    """A number in a text: it would stay there when the contact's number changes."""
    by_number = {contact.phone: contact.id for contact in folder.content.contacts.values() if contact.phone}
    for text in folder.texts():
        plain: list[tuple[tuple[str | int, ...], str]] = [(("keywords", i), said) for i, said in enumerate(text.keywords)]
        plain += [(("questions", i), said) for i, said in enumerate(text.questions)]
        plain += [(part.path, part.said) for part in fields(text)]
        for path, said in plain:
            shown_as_is = path[0] in ("title", "keywords", "questions") or path[-1] == "question"
            for written, number in _numbers(said, folder.limits.name_with_number):
                if shown_as_is and number in _SHORT_ALLOWED:
                    continue
                known = by_number.get(number)
                line = folder.line(text, path, written)
                yield Finding(text.file, line, "error", f"The number {written} is written out in the {path[0]}.",
                              f"Write {{phone:{known}}}." if known and not shown_as_is else
                              "Leave it out here." if shown_as_is else "Add the contact to contacts/*.yaml and write {phone:its-id}.")
    for contact in folder.content.contacts.values():
        for key, texts in (("names", contact.names), ("hours_note", contact.hours_note), ("for", contact.whom)):
            for said in texts.values():
                for written, _number in _numbers(said, folder.limits.name_with_number):
                    if _number not in _SHORT_ALLOWED:
                        yield Finding(contact.file, folder.find(contact.file, written, contact.line), "error",
                                      f"The number {written} is written out in '{key}' of '{contact.id}'.",
                                      "Make it a contact of its own, and name that one in the topic.")
    for language, phrases in folder.content.phrases.items():
        for key, value in phrases.items():
            for written, number in _numbers(str(value), folder.limits.name_with_number):
                if number not in _SHORT_ALLOWED:
                    file = f"{language}/phrases.yaml"
                    yield Finding(file, folder.find(file, written), "error", f"The number {written} is written out in the phrase '{key}'.",
                                  "Only 112 and 116117 may stand in a phrase; a contact card shows the others.")


def never_shown(folder: Folder) -> Iterator[Finding]:
    """An old, temporary or misprinted number, anywhere in the folder."""
    never = _never_show(folder)
    if isinstance(never, Finding):
        yield never
        return
    for file in folder.text_files():
        for number, line in enumerate(folder.lines(file), 1):
            for run in _RUN.findall(line):
                digits = re.sub(r"\D", "", re.sub(r"^(?:\+358|00358)\s?\(?0?\)?", "0", run))
                for wrong, why in never.items():
                    if wrong in digits:
                        yield Finding(file, number, "error", f"The number {run} must not be shown: {why}.",
                                      "Use the present contact instead, or leave the number out.")


def _never_show(folder: Folder) -> Mapping[str, str] | Finding:
    path = folder.root / NEVER_SHOW
    if not path.exists():
        return Finding(NEVER_SHOW, 1, "error", "The file is missing.", "Restore it from the project's history.")
    data, problems = parse_yaml(read_text(path), NEVER_SHOW)
    if problems:
        return problems[0]
    items = data.get("numbers") if isinstance(data, Mapping) else None
    if not isinstance(items, list) or not all(isinstance(item, Mapping) and str(item.get("number", "")).isdigit() for item in items):
        return Finding(NEVER_SHOW, 1, "error", "The list of numbers cannot be read.",
                       'Write - {number: "0981634500", why: …} lines under numbers:.')
    return {str(item["number"]): str(item.get("why", "")) for item in items}


def _numbers(said: str, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(as written, E.164 or short number) of each number in a text."""
    said = _ADDRESS.sub(" ", BRACES.sub(" ", said))
    for name in names:
        said = said.replace(name, " ")
    if not any(sign.isdigit() for sign in said):
        return
    for match in phonenumbers.PhoneNumberMatcher(said, "FI"):
        yield match.raw_string, phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    for short in _SHORT.finditer(said):
        yield short.group(), re.sub(r"\D", "", short.group())
