"""What is said when a message tells of danger: the editors' text in the resident's language, and the right numbers."""

from __future__ import annotations

from dataclasses import dataclass

from verkkoapu.content.model import Content
from verkkoapu.languages import detect
from verkkoapu.safety import SafetyGuard, Verdict


@dataclass(frozen=True)
class SafetyReply:
    """The text (with {phone:…} placeholders), its language and the contacts that go with it."""

    text: str
    language: str
    contacts: tuple[str, ...]


#: Contacts on the card of a danger topic: more than these would hide the first.
MAX_CONTACTS = 3


def safety_reply(guard: SafetyGuard, content: Content, verdict: Verdict, text: str, language: str) -> SafetyReply:
    """The reply for an alarm or a hint. A message plainly in another language gets that language's text, where there is one."""
    replies = guard.data.replies
    written = detect(text)
    chain = [*( [written] if written else []), *content.language_chain(language)]
    for candidate in chain:
        found = replies.get(candidate, {}).get(verdict.topic or "", {}).get(verdict.level or "")
        if found:
            return SafetyReply(found, candidate, _contacts(content, verdict, candidate, language))
    topic = content.text(verdict.topic or "", language)
    assert topic is not None, "every safety topic has a text: the content check says so"
    return SafetyReply(topic.summary, topic.language, _contacts(content, verdict, language, language))


def _contacts(content: Content, verdict: Verdict, spoken: str, language: str) -> tuple[str, ...]:
    """The topic's contacts; a crisis line that speaks the resident's language comes first."""
    text = content.text(verdict.topic or "", spoken if spoken in content.languages else language)
    ids = [name for name in (text.contacts if text else ()) if name in content.contacts]
    if verdict.topic == "mental-crisis" and spoken in content.crisis_contacts:
        own = content.crisis_contacts[spoken]
        ids = [name for name in ids if name not in content.crisis_contacts.values()]
        ids.insert(1 if ids[:1] == ["emergency-112"] else 0, own)
    return tuple(ids[:MAX_CONTACTS])
