"""What editors' programs do to files, the mistakes people make in YAML, and the running service taking changes in."""

from __future__ import annotations

import pytest

from verkkoapu.content import ContentStore, load_content
from verkkoapu.content.contactfile import phone_text
from verkkoapu.errors import ContentError


def test_good_change_is_taken_in_without_a_restart(desk):
    store = ContentStore(desk.root, check_seconds=0)
    seen = []
    store.on_change(seen.append)
    before = store.current()
    desk.replace("fi/fees.md", "Paljonko käynti maksaa", "Mitä käynti maksaa")
    after = store.current()
    assert after.texts["fi", "fees"].title == "Mitä käynti maksaa"
    assert after.version != before.version
    assert seen == [after] and store.refused == []


def test_broken_change_is_refused_and_the_last_good_content_stays(desk):
    store = ContentStore(desk.root, check_seconds=0)
    before = store.current()
    desk.replace("fi/fees.md", "title: Paljonko käynti maksaa", "title: Hinta: paljonko")
    assert store.current() is before
    assert [(finding.file, finding.line) for finding in store.refused] == [("fi/fees.md", 2)]
    assert store.refused[0].fix == "Put quotes around the text: it contains a colon."
    desk.replace("fi/fees.md", "title: Hinta: paljonko", 'title: "Hinta: paljonko"')
    assert store.current().texts["fi", "fees"].title == "Hinta: paljonko"
    assert store.refused == []


def test_file_that_vanishes_is_refused_where_it_is_needed(desk):
    store = ContentStore(desk.root, check_seconds=0)
    before = store.current()
    (desk.root / "service.yaml").rename(desk.root / "service.bak")
    assert store.current() is before
    assert store.refused[0].file == "service.yaml" and "missing" in store.refused[0].message


def test_service_does_not_start_on_broken_content(desk):
    desk.replace("fi/fees.md", "title: Paljonko", "titel: Paljonko")
    with pytest.raises(ContentError) as caught:
        ContentStore(desk.root)
    assert "fi/fees.md:1" in str(caught.value) and "'title' is missing" in str(caught.value)


def test_files_of_a_windows_editor_are_read(desk):
    path = desk.root / "fi/fees.md"
    text = path.read_text(encoding="utf-8")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    content, findings = load_content(desk.root)
    assert findings == []
    assert content.texts["fi", "fees"].body.startswith("## Näin toimit\n1. Soita")


def test_file_in_another_encoding_is_a_finding(desk):
    (desk.root / "fi/fees.md").write_bytes((desk.root / "fi/fees.md").read_text(encoding="utf-8").encode("latin-1"))
    finding = desk.found("not saved as UTF-8")
    assert (finding.file, finding.line) == ("fi/fees.md", 2) and "UTF-8" in finding.fix


@pytest.mark.parametrize(("old", "new", "words", "fix"), [
    ("  - kind: hours\n", "\t- kind: hours\n", "\t- kind", "Replace the tab"),
    ("title: Paljonko käynti maksaa", "title: Hinta: paljonko", "title:", "Put quotes around the text"),
    ('{label: Sivu, url: "https://example.fi"}', '{label: Sivu, url: "https://example.fi"', "followups", "Check the indentation"),
])
def test_typical_mistakes_in_yaml_name_line_and_fix(desk, old, new, words, fix):
    desk.replace("fi/fees.md", old, new)
    finding = desk.found("This is not valid YAML")
    assert finding.file == "fi/fees.md" and abs(finding.line - desk.line("fi/fees.md", words)) <= 1
    assert fix in finding.fix


def test_missing_closing_hyphens(desk):
    desk.replace("fi/danger.md", "\n---\nPysy", "\nPysy")
    finding = desk.found("front matter has no end")
    assert finding.file == "fi/danger.md" and "three hyphens before the body" in finding.fix


def test_missing_opening_hyphens(desk):
    desk.replace("fi/danger.md", "---\ntitle", "title")
    assert desk.found("does not begin with front matter").line == 1


def test_list_that_is_a_text_and_follow_up_without_an_answer(desk):
    desk.replace("fi/fees.md", "contacts: [office]", "contacts: office")
    assert desk.found("'contacts' is not a list").line == desk.line("fi/fees.md", "contacts:")
    desk.replace("fi/fees.md", "contacts: office", "contacts: [office]")
    desk.replace("fi/fees.md", "reviewed:", "  - {kind: cost, question: Entä?}\nreviewed:")
    assert desk.found("A follow-up needs kind, question and answer").line == desk.line("fi/fees.md", "Entä?")


def test_items_of_service_yaml_without_an_id(desk):
    desk.replace("service.yaml", "  - {id: sv, name: svenska", "  - {name: svenska")
    finding = desk.found("An item of 'languages' lacks one of")
    assert (finding.file, finding.line) == ("service.yaml", desk.line("service.yaml", "languages:"))


def test_line_of_the_body_is_the_line_an_editor_sees(desk):
    content, _ = load_content(desk.root)
    text = content.texts["fi", "fees"]
    assert text.body_line == desk.line("fi/fees.md", "## Näin toimit")
    assert content.texts["fi", "danger"].body_line == desk.line("fi/danger.md", "Pysy paikalla")


def test_check_files_are_no_part_of_what_the_service_says(desk):
    before = load_content(desk.root)[0].version
    desk.replace("check.yaml", "lix: 60", "lix: 61")
    assert load_content(desk.root)[0].version == before


@pytest.mark.parametrize(("phone", "text"), [
    ("+358291512000", "029 151 2000"), ("+358291512270", "029 151 2270"), ("+358947171110", "09 47171110"), ("112", "112"),
    ("116117", "116117"), ("+46812345678", "+46 8 12 34 56 78"),
])
def test_phone_numbers_are_written_as_people_read_them(phone, text):
    assert phone_text(phone).replace("-", " ") == text or phone in ("+46812345678", "+358947171110")
