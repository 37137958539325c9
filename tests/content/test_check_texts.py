"""Review dates, lengths, readability, phrases, telling questions and safety topics."""

from __future__ import annotations

import pytest

from verkkoapu.content.check import phrases, readability, safety
from verkkoapu.content.check.folder import Folder


@pytest.mark.parametrize(("written", "message", "severity"), [
    ("2025-11-01", "more than 12 months ago", "warning"), ("2026-12-24", "is in the future", "error"),
    ("marraskuussa", "'marraskuussa' is not a date", "error"), ("24.11.2026", "'24.11.2026' is not a date", "error"),
])
def test_review_dates(desk, written, message, severity):
    desk.replace("fi/fees.md", "reviewed: 2026-11-01", f"reviewed: {written}")
    finding = desk.found(message)
    assert (finding.file, finding.line, finding.severity) == ("fi/fees.md", desk.line("fi/fees.md", "reviewed:"), severity)
    assert "reviewed" in finding.fix or "checked the text" in finding.fix


def test_a_review_eleven_months_ago_is_good(desk):
    desk.replace("fi/fees.md", "reviewed: 2026-11-01", "reviewed: 2025-11-23")
    assert desk.silent("months ago")


def test_title_summary_and_answer_that_are_too_long(desk):
    desk.replace("fi/fees.md", "title: Paljonko käynti maksaa", "title: " + "Paljonko " * 9)
    desk.replace("fi/fees.md", "Käynti maksaa 17,90 euroa.", "Käynti maksaa 17,90 euroa. " + "Hyvä on. " * 30)
    desk.replace("fi/fees.md", "Arkisin klo 8.30.", "Arkisin klo 8.30. " + "Hyvä on. " * 30)
    assert desk.found("The title has 80 characters; 70 fit").line == 2
    summary, answer = desk.found("The summary has"), desk.found("The answer of follow-up 1 has")
    assert summary.line == 3 and "body" in summary.fix and summary.severity == "error"
    assert answer.line == desk.line("fi/fees.md", "answer:")


def test_long_sentence_is_found_on_the_line_where_it_begins(desk):
    desk.replace("fi/fees.md", "2. Odota kaksi viikkoa.", "2. Odota kaksi viikkoa. Tule " + "ja tule " * 7 + "tänne.")
    finding = desk.found("A sentence in the body has 16 words")
    assert (finding.line, finding.severity) == (desk.line("fi/fees.md", "2. Odota"), "warning")
    assert "at most 12 words" in finding.fix


def test_very_long_word_and_known_names(desk):
    desk.replace("fi/fees.md", "Odota kaksi viikkoa.", "Odota kaksi viikkoa. Hyvinvointialueellammekaan lääkemääräyskertomuksessa.")
    finding = desk.found("is a very long word")
    assert "lääkemääräyskertomuksessa" in finding.message and finding.line == desk.line("fi/fees.md", "lääkemääräys")


def test_hard_text_and_a_language_without_limits(desk):
    desk.replace("check.yaml", "lix: 60", "lix: 45")
    hard = "Terveydenhuoltopalveluihin hakeutuminen edellyttää asiakkuutta hyvinvointialueella. "
    desk.replace("fi/fees.md", "  Kysy hinta", f"  {hard}{hard}Kysy hinta")
    desk.replace("sv/fees.md", "  Fråga priset", f"  {hard}{hard}Fråga priset")
    assert desk.found("The summary is hard to read").file == "fi/fees.md"
    desk.replace("check.yaml", "    lix: 45\n", "    lix: 0\n")
    assert desk.silent("The summary is hard to read")


def test_lix_of_a_known_text():
    sentences = readability.sentences_in("Soita heti numeroon {phone:office}. Kysy terveysasemalta apua.")
    # 7 words in 2 sentences, two of them longer than six letters: 7/2 + 100*2/7.
    assert sentences == ["Soita heti numeroon nn.", "Kysy terveysasemalta apua."]
    assert readability.lix(sentences) == pytest.approx(7 / 2 + 200 / 7)
    assert readability.lix([]) == 0


def test_headings_and_list_numbers_are_no_sentences():
    assert readability.sentences_in("## Otsikko tässä\n1. Soita.\n- Odota kotona") == ["Soita.", "Odota kotona"]


def test_missing_phrase_and_other_placeholders(desk):
    desk.write("sv/phrases.yaml", "greeting: Hej {namn}.\n")
    missing = desk.found("The phrase 'thanks' is missing")
    assert (missing.file, missing.fix) == ("sv/phrases.yaml", "Translate it from fi/phrases.yaml:2.")
    other = desk.found("The phrase 'greeting' has the placeholders {namn}; fi/phrases.yaml has {name}")
    assert (other.file, other.line) == ("sv/phrases.yaml", 1)


def test_greeting_that_offers_an_unknown_topic(desk):
    for language in ("fi", "sv"):
        desk.replace(f"{language}/phrases.yaml", "greeting:", "greeting_topics: [fees, nothing]\ngreeting:")
    findings = [finding for finding in desk.check() if "There is no topic 'nothing'" in finding.message]
    assert [(finding.file, finding.line) for finding in findings] == [("fi/phrases.yaml", 1), ("sv/phrases.yaml", 1)]


def test_phrase_that_the_code_uses_and_no_language_has(desk):
    findings = list(phrases.used_in_code(Folder.read(desk.root)))
    messages = [finding.message for finding in findings]
    assert any("The phrase 'unknown' is used in verkkoapu/assistant.py:" in message for message in messages), messages


def test_question_that_tells_topics_apart(desk):
    desk.replace("topics.yaml", 'scope: "what a visit costs"', 'scope: "x", tell_apart: {danger: {fi: Onko hätä?}, other: {fi: A?, sv: B}}')
    assert desk.found("does not stand in: sv").line == 2
    assert desk.found("'fees' is told apart from 'other'").severity == "error"
    assert desk.found("“B” (sv) is not a question").severity == "warning"


def test_safety_topic_without_an_urgent_contact_in_front(desk):
    desk.replace("fi/danger.md", "contacts: [emergency-112, crisis-fi]", "contacts: [office, crisis-fi]")
    finding = desk.found("must have an emergency or crisis line as its first contact")
    assert (finding.file, finding.line) == ("fi/danger.md", desk.line("fi/danger.md", "contacts:"))


def test_safety_topic_whose_summary_names_no_number(desk):
    desk.replace("fi/danger.md", "Soita heti {phone:emergency-112}. Jos haluat puhua, soita {phone:crisis-fi}.", "Soita heti apua.")
    assert desk.found("names no number to call").line == desk.line("fi/danger.md", "summary:")


def test_safety_data_has_its_own_findings(desk):
    desk.write("safety/signs.yaml", "signs:\n  fire: {topic: emergency-112, level: loud}\n")
    desk.write("safety/replies/fi.yaml", 'emergency-112:\n  alarm: "Soita {phone:chat}."\n')
    folder = Folder.read(desk.root)
    assert any("“loud” is not a level" in finding.message and finding.line == 2 for finding in safety.data(folder))
    reply = next(iter(safety.replies(folder)))
    assert (reply.file, reply.line) == ("safety/replies/fi.yaml", 2) and "{phone:chat}" in reply.message
    assert any("'danger' is marked safety" in finding.message for finding in safety.same_topics(folder))


def test_wrong_limits_are_findings_and_the_defaults_hold(desk):
    desk.write("check.yaml", "summary_words: many\nsumary: 3\n")
    assert desk.found("'summary_words' is not a number").line == 1
    assert desk.found("'sumary' is not a limit").line == 2
    (desk.root / "check.yaml").unlink()
    assert desk.found("The file is missing").file == "check.yaml"
