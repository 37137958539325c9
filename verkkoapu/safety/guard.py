"""Reads one resident message for danger and says why it decided as it did.

Two witnesses: the signs (knowledge that nurses write and can mend) and the learned score (what thousands of example
messages have in common). The thresholds say how sure the score must be for each thing the signs may say. Without a
model file the signs decide alone. Nothing is logged or kept: a message leaves no trace here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from verkkoapu.findings import Finding
from verkkoapu.safety import text as texts
from verkkoapu.safety.data import NOW, TOPICS, Canceller, SafetyData, Sign, Thresholds, load
from verkkoapu.safety.matcher import Matcher
from verkkoapu.safety.model import LearnedScore, Scores
from verkkoapu.safety.patterns import phrase_tests
from verkkoapu.safety.text import Clause, clauses

LONGEST_MESSAGE = 4_000
SCRIPTS = {"ru": "cyrillic", "uk": "cyrillic", "ar": "arabic"}
# When signs of several topics are found, the one whose reply saves a life comes first.
_FIRST = {topic: rank for rank, topic in enumerate(
    ("emergency-112", "poisoning", "mental-crisis", "domestic-violence", "social-emergency", "dental-emergency",
     "urgent-care-116117", "child-protection-notice"))}
_LOWER = {"alarm": "hint", "hint": None}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guard thinks of one message."""

    level: str | None
    topic: str | None
    clause: str
    sign: str | None
    score: float
    reasons: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Hit:
    """One sign found in one clause, and what is left of its level after the cancellers."""

    sign: Sign
    clause: int
    where: int  # bit mask of the words where it was found
    pattern: str
    language: str
    level: str | None
    cancelled_by: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """Everything the signs say about a message; the learned score takes its features from here too."""

    clauses: list[Clause]
    hits: list[Hit]
    cancellers: list[tuple[Canceller, int, str]]  # which, in which clause, in which language
    labels: list[dict[str, int]]  # for each clause the word groups present, and at which words

    def best(self) -> Hit | None:
        """The gravest sign left."""
        left = [hit for hit in self.hits if hit.level]
        return min(left, key=lambda hit: (hit.level != "alarm", _FIRST[hit.sign.topic], hit.clause), default=None)


class SafetyGuard:
    """The guard. Safe to share between threads and greenlets: a check only reads."""

    def __init__(self, data: SafetyData, model: LearnedScore | None = None,
                 findings: Iterable[Finding] = ()) -> None:
        self.data = data
        self.model = model
        self.findings = list(findings)
        self._matchers = {script: self._build(script) for script in ("latin", "cyrillic", "arabic")}

    @classmethod
    def load(cls, content_dir: Path, model_path: Path | None = None) -> SafetyGuard:
        """Read the content and, when there is one, the model."""
        data, findings = load(content_dir)
        model = LearnedScore.load(model_path) if model_path is not None and model_path.exists() else None
        return cls(data, model, findings)

    def _build(self, script: str) -> tuple[Matcher, Matcher]:
        """One matcher for the signs and one for the cancellers of the languages of a script.

        A misspelt word may still be a sign; nobody is told "no danger" because of a misspelt word.
        """
        signs = Matcher(self.model.is_known_word if self.model else None)
        cancellers = Matcher()
        for code, language in self.data.languages.items():
            if SCRIPTS.get(code, "latin") != script:
                continue
            for name, entry in language.signs.items():
                for pattern in entry.patterns:
                    signs.add(pattern, (code, self.data.signs[name]))
            for name, entry in language.cancellers.items():
                for pattern in entry.patterns:
                    cancellers.add(pattern, (code, self.data.cancellers[name]))
            for name, phrases in language.words.items():
                tests = frozenset(one[0] for phrase in phrases if len(one := phrase_tests(phrase)) == 1)
                if tests:
                    signs.label(tests, (code, name))
        signs.ready()
        cancellers.ready()
        return signs, cancellers

    def check(self, text: str, language: str | None = None) -> Verdict:
        """Judge one message. ``language`` is the page language, only a hint: every language of the script is read."""
        message = clauses(text[:LONGEST_MESSAGE])
        if not message:
            return Verdict(None, None, "", None, 0.0, [])
        if self.model is None:
            return self._decide(self.read(message, None), None, self.data.thresholds)
        spoken = self.model.languages(message, language)
        reading = self.read(message, set(spoken))
        limits = self.data.thresholds_by_language.get(spoken[0] if spoken else "", self.data.thresholds)
        return self._decide(reading, self.model.score(reading), limits)

    def read(self, message: list[Clause], spoken: set[str] | None) -> Reading:
        """Find signs and cancellers. ``spoken`` limits the languages; None reads them all."""
        reading = self.groups(message, spoken)
        for script, indexes in _by_script(message).items():
            signs, cancellers = self._matchers[script]
            masks = [signs.masks(message[index].words) for index in indexes]
            for (code, sign), position, pattern, where in signs.find(masks):
                if spoken is None or code in spoken:
                    reading.hits.append(Hit(sign, indexes[position], where, pattern.source, code, sign.level))
            if reading.hits:
                masks = [cancellers.masks(message[index].words) for index in indexes]
                reading.cancellers += [(canceller, indexes[position], code)
                                       for (code, canceller), position, _, _ in cancellers.find(masks)
                                       if spoken is None or code in spoken]
        reading.cancellers = list(dict.fromkeys(reading.cancellers))
        for hit in reading.hits:
            _cancel(hit, reading)
        return reading

    def groups(self, message: list[Clause], spoken: set[str] | None) -> Reading:
        """Only the word groups of each clause: all that the learned score needs."""
        reading = Reading(message, [], [], [{} for _ in message])
        for script, indexes in _by_script(message).items():
            signs, _ = self._matchers[script]
            for index in indexes:
                for (code, name), where in signs.labels(signs.masks(message[index].words)).items():
                    if spoken is None or code in spoken:
                        present = reading.labels[index]
                        present[name] = present.get(name, 0) | where
        return reading

    def _decide(self, reading: Reading, scores: Scores | None, limits: Thresholds) -> Verdict:
        hit = reading.best()
        life = scores.life if scores else 0.0
        danger = scores.danger if scores else 0.0
        if hit and hit.level == "alarm":
            level: str | None = "alarm" if scores is None or life >= limits.alarm_with_alarm_sign else "hint"
        elif hit:
            level = "alarm" if life >= limits.alarm_with_hint_sign else (
                "hint" if scores is None or danger >= limits.hint_with_hint_sign else None)
        else:
            level = "alarm" if life >= limits.alarm_alone else "hint" if danger >= limits.hint_alone else None
        reasons = [_explain(one) for one in reading.hits]
        if scores:
            reasons.append(f"score life={life:.2f} danger={danger:.2f} topic={scores.topic} ({scores.topic_sure:.2f})"
                           f" clause={scores.clause + 1}")
        score = max(life, danger) if scores else (1.0 if level == "alarm" else 0.5 if level else 0.0)
        if level is None:
            return Verdict(None, None, "", None, score, reasons)
        if scores is not None and (hit is None or (hit.level != "alarm" and scores.topic_sure >= limits.topic_from_score)):
            topic, clause = scores.topic, scores.clause
            sign = hit.sign.id if hit and hit.sign.topic == topic else None
        else:
            assert hit is not None, "a level without a sign comes from the score"
            topic, clause, sign = hit.sign.topic, hit.clause, hit.sign.id
        return Verdict(level, topic, reading.clauses[clause].text, sign, score, reasons)


def _by_script(message: list[Clause]) -> dict[str, list[int]]:
    scripts: dict[str, list[int]] = {}
    for index, clause in enumerate(message):
        scripts.setdefault(texts.script(clause.text), []).append(index)
    return scripts


def _cancel(hit: Hit, reading: Reading) -> None:
    """Apply the cancellers to one sign; a drop ends it, a lower takes one step, at most once."""
    has_now = NOW in reading.labels[hit.clause]
    lowered = False
    for canceller, clause, language in reading.cancellers:
        if language != hit.language:
            continue
        if hit.sign.id in canceller.spares or hit.sign.topic in canceller.spares:
            continue
        if canceller.only and not {hit.sign.id, hit.sign.topic} & canceller.only:
            continue
        if canceller.now_outranks and has_now:
            continue
        if canceller.scope == "clause" and clause != hit.clause:
            continue
        if canceller.scope == "message" and hit.sign.firm:
            continue
        if hit.level is None:
            return
        if canceller.effect == "drop":
            hit.level = None
        elif not lowered:
            hit.level = _LOWER[hit.level]
            lowered = True
        hit.cancelled_by.append(canceller.id)


def _explain(hit: Hit) -> str:
    told = f"clause {hit.clause + 1}: sign {hit.sign.id} ({hit.language}: {hit.pattern})"
    if hit.cancelled_by:
        told += f" → {hit.level or 'none'} by {', '.join(hit.cancelled_by)}"
    return told


assert set(_FIRST) == set(TOPICS)
