"""Topics about danger: the right number in front, safety data without mistakes, replies that name real contacts."""

from __future__ import annotations

from collections.abc import Iterator

from verkkoapu.contacts import PLACEHOLDER
from verkkoapu.content.check.folder import Folder
from verkkoapu.findings import Finding
from verkkoapu.safety import data as safety_data


def contact_in_front(folder: Folder) -> Iterator[Finding]:
    """A danger topic whose first contact is no emergency or crisis line, or whose summary names no number."""
    content = folder.content
    urgent = {*folder.limits.urgent_contacts, *content.crisis_contacts.values()}
    for text in folder.texts():
        if not content.topics[text.topic].safety:
            continue
        if not text.contacts or text.contacts[0] not in urgent:
            yield Finding(text.file, folder.line(text, ("contacts",)), "error",
                          "A safety topic must have an emergency or crisis line as its first contact.",
                          "Put emergency-112, medical-helpline-116117 or the line for this danger first (urgent_contacts in check.yaml).")
        named = {match.group(2) for match in PLACEHOLDER.finditer(text.summary) if match.group(1) == "phone"}
        if not named & urgent:
            yield Finding(text.file, folder.line(text, ("summary",)), "error", "The summary of a safety topic names no number to call.",
                          "Write for example {phone:emergency-112} in its first sentence.")


def data(folder: Folder) -> Iterator[Finding]:
    """What the safety guard's own reader finds in content/safety."""
    if (folder.root / "safety").is_dir():
        yield from safety_data.load(folder.root)[1]
    elif any(topic.safety for topic in folder.content.topics.values()):
        yield Finding("safety/signs.yaml", 1, "error", "The signs of danger are missing.", "Restore the folder from the project's history.")


def replies(folder: Folder) -> Iterator[Finding]:
    """A reply to danger whose number is no contact's, and an offered language without replies."""
    base = folder.root / "safety" / "replies"
    for path in sorted(base.glob("*.yaml")):
        file = path.relative_to(folder.root).as_posix()
        for number, line in enumerate(folder.lines(file), 1):
            for match in PLACEHOLDER.finditer(line):
                contact = folder.content.contacts.get(match.group(2))
                if contact is None or not contact.phone:
                    yield Finding(file, number, "error", f"'{match.group()}' is no contact with a phone number.",
                                  "Use the id of a contact in contacts/*.yaml that has a number.")
    if (folder.root / "safety").is_dir():
        for language in folder.content.languages:
            if not (base / f"{language}.yaml").exists():
                yield Finding(f"safety/replies/{language}.yaml", 1, "warning", "There are no replies to danger in this language.",
                              "Add the file: an alarm and a hint text for each safety topic.")


def same_topics(folder: Folder) -> Iterator[Finding]:
    """A topic that topics.yaml marks as danger and the guard does not know, or the other way round."""
    if not (folder.root / "safety").is_dir():
        return
    marked = {topic.id for topic in folder.content.topics.values() if topic.safety}
    for topic in sorted(marked ^ set(safety_data.TOPICS)):
        line = folder.find("topics.yaml", f"id: {topic},")
        if topic in marked:
            yield Finding("topics.yaml", line, "error", f"'{topic}' is marked safety, and the safety guard does not know it.",
                          "Take the mark away, or ask a programmer to add it to the guard.")
        else:
            yield Finding("topics.yaml", line, "error", f"The safety guard raises '{topic}', which is not marked safety here.",
                          "Write safety: true at this topic.")
