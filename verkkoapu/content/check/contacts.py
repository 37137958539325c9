"""Whether every contact that a text names exists and can give what is asked of it."""

from __future__ import annotations

from collections.abc import Iterator

from verkkoapu.contacts import PLACEHOLDER
from verkkoapu.content.check.folder import BRACES, Folder, fields
from verkkoapu.findings import Finding


def unknown_in_topics(folder: Folder) -> Iterator[Finding]:
    """A contact in the front matter that no contacts file has."""
    for text in folder.texts():
        for name in text.contacts:
            if name not in folder.content.contacts:
                yield Finding(text.file, folder.line(text, ("contacts",), name), "error", f"There is no contact '{name}'.",
                              _nearest(name, folder) or "Use an id from contacts/*.yaml, or add the contact there first.")


def placeholders(folder: Folder) -> Iterator[Finding]:
    """A placeholder that is misspelt, names no contact, or asks for a number or hours that the contact has not."""
    for text in folder.texts():
        for part in fields(text):
            for inside in dict.fromkeys(BRACES.findall(part.said)):
                line = folder.line(text, part.path, "{" + inside + "}")
                match = PLACEHOLDER.fullmatch("{" + inside + "}")
                if part.path[0] == "title" or part.path[-1] == "question":
                    yield Finding(text.file, line, "error", f"A {part.path[-1]} is shown as it is: '{{{inside}}}' would be seen.",
                                  "Write it without a placeholder.")
                elif match is None:
                    yield Finding(text.file, line, "error", f"'{{{inside}}}' is not a placeholder.",
                                  "Write {phone:contact-id}, {hours:contact-id} or {name:contact-id}, small letters, no spaces.")
                else:
                    yield from _asked(folder, text.file, line, match.group(1), match.group(2))


def _asked(folder: Folder, file: str, line: int, kind: str, name: str) -> Iterator[Finding]:
    contact = folder.content.contacts.get(name)
    if contact is None:
        yield Finding(file, line, "error", f"'{{{kind}:{name}}}' names no contact.",
                      _nearest(name, folder) or "Use an id from contacts/*.yaml, or add the contact there first.")
    elif kind == "phone" and not contact.phone:
        yield Finding(file, line, "error", f"The contact '{name}' has no phone number.",
                      f"Add its number in {contact.file}:{contact.line}, or name another contact.")
    elif kind == "hours" and not contact.hours:
        yield Finding(file, line, "error", f"The contact '{name}' has no hours.",
                      f"Add its hours in {contact.file}:{contact.line}, or leave the hours out of the text.")


def unknown_in_service(folder: Folder) -> Iterator[Finding]:
    """A contact that service.yaml names and no contacts file has."""
    content = folder.content
    lists = (("static_contacts", content.static_contacts), ("general_contacts", content.general_contacts),
             ("crisis_contacts_by_language", tuple(content.crisis_contacts.values())))
    for key, names in lists:
        first = folder.find("service.yaml", f"{key}:")
        for name in names:
            if name not in content.contacts:
                line = folder.find("service.yaml", name, first)
                yield Finding("service.yaml", line, "error", f"{key} names '{name}', which is no contact.",
                              _nearest(name, folder) or "Use an id from contacts/*.yaml.")


def static_have_phones(folder: Folder) -> Iterator[Finding]:
    """What is shown when all else fails must be a number that can be called."""
    content = folder.content
    if not content.static_contacts:
        yield Finding("service.yaml", 1, "error", "static_contacts is missing or empty.",
                      "Add for example 'static_contacts: [emergency-112, luvn-contact]'.")
    for name in content.static_contacts:
        contact = content.contacts.get(name)
        if contact is not None and not contact.phone:
            yield Finding("service.yaml", folder.find("service.yaml", "static_contacts:"), "error",
                          f"static_contacts names '{name}', which has no phone number.", "Name a contact with a phone number.")


def untranslated(folder: Folder) -> Iterator[Finding]:
    """A contact whose name, or note, stands in one language and not in another."""
    for contact in folder.content.contacts.values():
        for key, said in (("names", contact.names), ("hours_note", contact.hours_note), ("for", contact.whom)):
            lacking = [language for language in folder.content.languages if said and not said.get(language)]
            if lacking:
                yield Finding(contact.file, folder.find(contact.file, f"{key}:", contact.line), "warning",
                              f"'{key}' of '{contact.id}' does not stand in: {', '.join(lacking)}.",
                              f"Add {lacking[0]}: … to it.")


def _nearest(name: str, folder: Folder) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, folder.content.contacts, n=1, cutoff=0.75)
    return f"Did you mean '{close[0]}'?" if close else ""
