"""Every sign fires on its own examples and stays quiet on its counter-examples; the content has no errors."""

from pathlib import Path

import pytest

from verkkoapu.findings import errors
from verkkoapu.safety import SafetyGuard
from verkkoapu.safety.text import clauses

CONTENT = Path(__file__).parents[2] / "content"
GUARD = SafetyGuard.load(CONTENT, None)
EXAMPLES = [(code, name, kind, text)
            for code, language in GUARD.data.languages.items() for name, entry in language.signs.items()
            for kind in ("must", "must_not") for text in getattr(entry, kind)]


def fired(code: str, name: str, text: str) -> bool:
    reading = GUARD.read(clauses(text), {code})
    return any(hit.sign.id == name and hit.level for hit in reading.hits)


@pytest.mark.parametrize(("code", "name", "kind", "text"), EXAMPLES,
                         ids=[f"{code}-{name}-{kind}-{n}" for n, (code, name, kind, _) in enumerate(EXAMPLES)])
def test_a_sign_keeps_its_promises(code, name, kind, text):
    assert fired(code, name, text) == (kind == "must")


def test_the_content_has_no_errors():
    assert errors(GUARD.findings) == []


def test_all_eight_languages_and_all_eight_topics_are_covered():
    assert set(GUARD.data.languages) == {"fi", "sv", "en", "ru", "et", "ar", "so", "uk"}
    for language in GUARD.data.languages.values():
        topics = {GUARD.data.signs[name].topic for name, entry in language.signs.items() if entry.patterns}
        assert len(topics) == 8, language.code


def test_every_language_has_an_alarm_and_a_hint_for_every_topic():
    assert set(GUARD.data.replies) == set(GUARD.data.languages)
    for code, replies in GUARD.data.replies.items():
        assert len(replies) == 8, code
        assert all(set(texts) == {"alarm", "hint"} for texts in replies.values()), code
