"""Missing and stale translations, and languages that say different things."""

from __future__ import annotations

import pytest


def test_the_small_folder_has_one_gap_and_no_mistake(desk):
    findings = desk.check()
    assert [(finding.severity, finding.file) for finding in findings] == [("gap", "contacts/all.yaml")], findings
    assert findings[0].line == desk.line("contacts/all.yaml", "hours of the chat")


def test_core_topic_missing_in_a_language_is_an_error(desk):
    (desk.root / "sv/fees.md").unlink()
    finding = desk.found("does not stand in the language 'sv'")
    assert (finding.file, finding.line, finding.severity) == ("sv/fees.md", 1, "error")
    assert finding.fix == "Translate fi/fees.md and save it as sv/fees.md."


def test_other_topic_missing_in_a_language_is_a_warning(desk):
    desk.replace("topics.yaml", "area: practical, core: true", "area: practical")
    (desk.root / "sv/fees.md").unlink()
    assert desk.found("does not stand in the language 'sv'").severity == "warning"


def test_a_file_that_does_not_load_is_not_also_called_missing(desk):
    desk.replace("sv/fees.md", "\n---\n\n## Gör", "\n\n## Gör")
    assert desk.found("front matter has no end").file == "sv/fees.md"
    assert desk.silent("does not stand in the language")


def test_translation_of_a_changed_source_is_stale(desk):
    desk.replace("fi/fees.md", "Odota kaksi viikkoa.", "Odota rauhassa kaksi viikkoa.")
    finding = desk.found("has changed since this was translated")
    assert (finding.file, finding.line) == ("sv/fees.md", desk.line("sv/fees.md", "translated_from"))
    assert "verkkoapu content stamp --topic fees --language sv" in finding.fix


def test_a_changed_keyword_makes_no_translation_stale(desk):
    desk.replace("fi/fees.md", "[hinta, ", "[hinta, kustannus, ")
    assert desk.silent("has changed since")


def test_unstamped_translation_is_a_warning(desk):
    text = (desk.root / "sv/fees.md").read_text()
    line = next(line for line in text.splitlines() if line.startswith("translated_from"))
    desk.replace("sv/fees.md", line, 'translated_from: {language: fi, version: ""}')
    assert desk.found("not noted which version").line == desk.line("sv/fees.md", "translated_from")


def test_translation_from_a_language_that_lacks_the_topic_is_an_error(desk):
    text = (desk.root / "sv/fees.md").read_text()
    line = next(line for line in text.splitlines() if line.startswith("translated_from"))
    desk.replace("sv/fees.md", line, 'translated_from: {language: en, version: "1"}')
    finding = desk.found("translated from 'en'")
    assert finding.severity == "error" and "translated_from: null" in finding.fix


@pytest.mark.parametrize(("old", "new", "here", "words"), [
    ("17,90 euro", "18,40 euro", "summary", "18,40"),
    ("kl. 8:30", "kl. 9:30", "follow-up 1", "9:30"),
    ("1 mars 2026", "1 april 2026", "body", "1 april 2026"),
    ("2 veckor", "3 veckor", "body", "3 veckor"),
])
def test_numbers_prices_times_and_dates_that_differ(desk, old, new, here, words):
    desk.replace("sv/fees.md", old, new)
    written = words.removesuffix(" veckor")
    finding = desk.found(f"The {here} has the number {written}")
    assert (finding.file, finding.line, finding.severity) == ("sv/fees.md", desk.line("sv/fees.md", words), "error")
    assert "fi/fees.md:" in finding.message
    assert "write the same in both" in finding.fix


def test_a_number_left_out_is_found_with_its_place_in_the_source(desk):
    desk.replace("sv/fees.md", " Besöket kostar 17,90 euro.", "")
    finding = desk.found("The summary lacks the number 17,90")
    assert f"fi/fees.md:{desk.line('fi/fees.md', '17,90')}" in finding.message


def test_the_same_number_written_in_another_way_is_no_finding(desk):
    desk.replace("sv/fees.md", "kl. 8:30", "kl. 8.30")
    desk.replace("sv/fees.md", "Vänta 2 veckor", "Vänta två veckor")
    assert desk.silent("number")


def test_contacts_that_differ_between_languages(desk):
    desk.replace("sv/fees.md", "contacts: [office]", "contacts: [office, chat]")
    finding = desk.found("names the contact 'chat'")
    assert (finding.file, finding.line) == ("sv/fees.md", desk.line("sv/fees.md", "contacts:"))


def test_crisis_lines_may_be_each_languages_own(desk):
    assert desk.silent("crisis-")


def test_a_language_without_any_crisis_line_is_found(desk):
    desk.replace("sv/danger.md", "contacts: [emergency-112, crisis-sv]", "contacts: [emergency-112]")
    assert desk.found("The list of contacts lacks the contact 'crisis-fi'").line == desk.line("sv/danger.md", "contacts:")


def test_a_contact_missing_from_the_text_is_found(desk):
    desk.replace("sv/danger.md", "ring {phone:crisis-sv}", "ring någon")
    finding = desk.found("The text lacks the contact")
    assert (finding.file, finding.line) == ("sv/danger.md", desk.line("sv/danger.md", "summary:"))


def test_a_translation_with_fewer_steps_and_follow_ups_is_a_warning(desk):
    desk.replace("sv/fees.md", "2. Vänta 2 veckor.\n", "")
    desk.replace("sv/fees.md", "kind: hours", "kind: cost")
    assert desk.found("steps and points").line == desk.line("sv/fees.md", "## Gör")
    assert desk.found("follow-ups are not those").line in (desk.line("sv/fees.md", "followups:"), desk.line("sv/fees.md", "- kind: cost"))


def test_core_topic_with_only_a_summary_is_a_warning(desk):
    desk.replace("fi/danger.md", "Pysy paikalla.\n", "")
    assert desk.found("only its title and summary").file == "fi/danger.md"
