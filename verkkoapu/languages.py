"""The language of a message: asked for in words, or suggested by detection when there is evidence.

The page's language comes first, then the resident's own choice; detection only suggests (DESIGN.md).
"""

from __future__ import annotations

import re
from functools import lru_cache

from verkkoapu.content.model import Content

#: One or two words are weak evidence in every detector that was tried (docs/decisions/0005).
MIN_WORDS = 3
MIN_PROBABILITY = 0.9
#: Languages that detection tells apart: those on offer, and those spoken most in the county.
DETECTED = ("fi", "sv", "en", "et", "ru", "uk", "ar", "so")
_SCRIPTS = (("ar", re.compile(r"[\u0600-\u06ff]")), ("uk", re.compile(r"[іїєґІЇЄҐ]")), ("ru", re.compile(r"[\u0400-\u04ff]")))


def asked_language(text: str, content: Content, current: str) -> str | None:
    """The language a resident asks for ("in English please"); "" for one that is not offered, None for none named."""
    words = set(re.findall(r"\w+", text.casefold()))
    for language in content.languages.values():
        if language.id != current and words & set(language.forms):
            return language.id
    for language in content.languages.values():
        if words & set(language.forms):
            return language.id
    return "" if words & set(content.other_language_forms) else None


def suggested_language(text: str, content: Content, current: str) -> str | None:
    """The offered language a message is plainly written in, when it is not the current one; else None."""
    found = detect(text)
    if found is None or found == current or found not in content.languages:
        return None
    return found


def detect(text: str) -> str | None:
    """The language of a text, or None without good evidence."""
    for language, script in _SCRIPTS:
        if len(script.findall(text)) >= 3:
            return language
    words = re.findall(r"[^\W\d_]+", text)
    if len(words) < MIN_WORDS:
        return None
    language, probability = _identifier().classify(text.casefold())
    return str(language) if probability >= MIN_PROBABILITY else None


@lru_cache(maxsize=1)
def _identifier():
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(DETECTED))
    return identifier
