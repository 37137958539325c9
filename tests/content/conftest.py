"""A small content folder without a mistake; each test breaks one thing in its own copy."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from verkkoapu.content.check import check_content
from verkkoapu.content.stamp import stamp_translations
from verkkoapu.findings import Finding
from verkkoapu.settings import PROJECT_DIR

TODAY = date(2026, 11, 22)

SERVICE = """\
name: {fi: Verkkoapu, sv: Webbhjälpen}
languages:
  - {id: fi, name: suomi}
  - {id: sv, name: svenska, fallback: [fi]}
static_contacts: [emergency-112]
general_contacts: [office]
crisis_contacts_by_language: {fi: crisis-fi, sv: crisis-sv}
"""
TOPICS = """\
topics:
- {id: fees, area: practical, core: true, scope: "what a visit costs"}
- {id: danger, area: urgent, safety: true, core: true, scope: "life in danger"}
"""
CONTACTS = """\
- id: emergency-112
  kind: phone
  names: {fi: Hätänumero, sv: Nödnumret}
  phone: "112"
  hours: "24/7"
  confidence: high
- id: office
  kind: phone
  names: {fi: Asiakaspalvelu, sv: Kundtjänst}
  phone: "+358291512000"
  hours: "Mo-Fr 08:00-16:00; PH off"
  confidence: high
- id: chat
  kind: chat
  names: {fi: Chatti, sv: Chatten}
  confidence: medium
  gaps: ["The hours of the chat are not known."]
- id: crisis-fi
  kind: phone
  names: {fi: Kriisipuhelin, sv: Kristelefonen på finska}
  phone: "+358925250111"
  languages: [fi]
  confidence: high
- id: crisis-sv
  kind: phone
  names: {fi: Kriisipuhelin ruotsiksi, sv: Kristelefonen}
  phone: "+358925250112"
  languages: [sv]
  confidence: high
"""
TEXTS = {
    "fi/fees.md": """\
---
title: Paljonko käynti maksaa
summary: >-
  Kysy hinta numerosta {phone:office}. Käynti maksaa 17,90 euroa.
keywords: [hinta, "112"]
questions: [Mitä se maksaa?]
audience: Kaikille.
contacts: [office]
links:
  - {label: Sivu, url: "https://example.fi"}
followups:
  - kind: hours
    question: Milloin saa soittaa?
    answer: >-
      Arkisin klo 8.30. Puhelin on auki {hours:office}.
reviewed: 2026-11-01
translated_from: null
gaps: []
---

## Näin toimit
1. Soita ennen 1.3.2026.
2. Odota kaksi viikkoa.
""",
    "sv/fees.md": """\
---
title: Vad besöket kostar
summary: >-
  Fråga priset på numret {phone:office}. Besöket kostar 17,90 euro.
keywords: [pris]
questions: [Vad kostar det?]
audience: För alla.
contacts: [office]
links:
  - {label: Sida, url: "https://example.fi"}
followups:
  - kind: hours
    question: När får man ringa?
    answer: >-
      Vardagar kl. 8:30. Telefonen är öppen {hours:office}.
reviewed: 2026-11-01
translated_from: {language: fi, version: ""}
gaps: []
---

## Gör så här
1. Ring före 1 mars 2026.
2. Vänta 2 veckor.
""",
    "fi/danger.md": """\
---
title: Soita 112
summary: Soita heti {phone:emergency-112}. Jos haluat puhua, soita {phone:crisis-fi}.
contacts: [emergency-112, crisis-fi]
followups:
  - {kind: other, question: Entä sitten?, answer: Odota apua.}
reviewed: 2026-11-01
translated_from: null
---
Pysy paikalla.
""",
    "sv/danger.md": """\
---
title: Ring 112
summary: Ring genast {phone:emergency-112}. Om du vill prata, ring {phone:crisis-sv}.
contacts: [emergency-112, crisis-sv]
followups:
  - {kind: other, question: Vad sedan?, answer: Vänta på hjälp.}
reviewed: 2026-11-01
translated_from: {language: fi, version: ""}
---
Stanna på plats.
""",
    "fi/phrases.yaml": "greeting: Hei {name}.\nthanks: Ole hyvä.\n",
    "sv/phrases.yaml": "greeting: Hej {name}.\nthanks: Varsågod.\n",
}
#: Only what the tests need; 0 in examples_per_topic keeps the small folder quiet.
CHECK = """\
examples_per_topic: 0
languages:
  fi:
    lix: 60
    sentence_words: 12
    word_letters: 22
    known_words: [hyvinvointialue]
    months: [tammikuu, helmikuu, maaliskuu, huhtikuu, toukokuu]
    number_words: {"2": [kaksi]}
  sv:
    lix: 60
    sentence_words: 12
    word_letters: 22
    months: [januari, februari, mars, april, maj]
    number_words: {"2": [två]}
"""


class Desk:
    """An editor's desk: a content folder to break, and the check's answer."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def replace(self, file: str, old: str, new: str) -> None:
        text = (self.root / file).read_text(encoding="utf-8")
        assert old in text, f"{file} has no {old!r}"
        self.write(file, text.replace(old, new, 1))

    def stamp(self) -> None:
        stamp_translations(self.root)

    def check(self) -> list[Finding]:
        return check_content(self.root, TODAY)

    def found(self, message: str) -> Finding:
        """The one finding whose message holds these words."""
        findings = self.check()
        matching = [finding for finding in findings if message in finding.message]
        assert len(matching) == 1, [str(finding) for finding in matching or findings]
        return matching[0]

    def silent(self, message: str) -> bool:
        """Whether no finding holds these words."""
        return not any(message in finding.message for finding in self.check())

    def line(self, file: str, words: str) -> int:
        """The line of a file where the words stand."""
        lines = (self.root / file).read_text(encoding="utf-8-sig").splitlines()
        return next(number for number, line in enumerate(lines, 1) if words in line)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """The small folder, stamped; the check finds nothing but one gap in it."""
    desk = Desk(tmp_path / "content")
    desk.write("service.yaml", SERVICE)
    desk.write("topics.yaml", TOPICS)
    desk.write("contacts/all.yaml", CONTACTS)
    desk.write("check.yaml", CHECK)
    shutil.copy(PROJECT_DIR / "content" / "never-show.yaml", desk.root / "never-show.yaml")
    for file, text in TEXTS.items():
        desk.write(file, text)
    desk.stamp()
    return desk


@pytest.fixture(autouse=True)
def _small_folder_rules(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small folder has neither the project's phrases nor its safety signs: those rules have tests of their own."""
    if "desk" in request.fixturenames:
        from verkkoapu.content import check

        left_out = {"used_in_code", "data"}
        monkeypatch.setattr(check, "RULES", tuple(rule for rule in check.RULES if rule.__name__ not in left_out))
