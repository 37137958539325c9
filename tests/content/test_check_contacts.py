"""Contacts, placeholders, numbers and links."""

from __future__ import annotations

import pytest


def test_unknown_contact_in_front_matter(desk):
    for file in ("fi/fees.md", "sv/fees.md"):
        desk.replace(file, "contacts: [office]", "contacts: [offise]")
    findings = [finding for finding in desk.check() if "There is no contact 'offise'" in finding.message]
    assert [(finding.file, finding.line) for finding in findings] == [
        (file, desk.line(file, "contacts:")) for file in ("fi/fees.md", "sv/fees.md")]
    assert findings[0].fix == "Did you mean 'office'?"


@pytest.mark.parametrize(("written", "message", "fix"), [
    ("{phone:nobody}", "'{phone:nobody}' names no contact", "add the contact there first"),
    ("{phone:chat}", "The contact 'chat' has no phone number", "contacts/all.yaml:13"),
    ("{hours:chat}", "The contact 'chat' has no hours", "contacts/all.yaml:13"),
    ("{Phone: office}", "'{Phone: office}' is not a placeholder", "no spaces"),
])
def test_placeholders_that_cannot_be_filled(desk, written, message, fix):
    desk.replace("fi/fees.md", "Odota kaksi viikkoa.", f"Odota kaksi viikkoa. {written}")
    finding = desk.found(message)
    assert (finding.file, finding.line, finding.severity) == ("fi/fees.md", desk.line("fi/fees.md", written), "error")
    assert fix in finding.fix


def test_placeholder_where_it_would_be_shown_as_it_is(desk):
    desk.replace("fi/fees.md", "question: Milloin saa soittaa?", 'question: "Milloin {name:office} on auki?"')
    assert desk.found("would be seen").line == desk.line("fi/fees.md", "{name:office}")


def test_service_yaml_that_names_no_contact(desk):
    desk.replace("service.yaml", "general_contacts: [office]", "general_contacts: [ofice]")
    finding = desk.found("general_contacts names 'ofice'")
    assert (finding.file, finding.line) == ("service.yaml", desk.line("service.yaml", "general_contacts"))


def test_static_contact_without_a_phone(desk):
    desk.replace("service.yaml", "static_contacts: [emergency-112]", "static_contacts: [chat]")
    finding = desk.found("static_contacts names 'chat', which has no phone number")
    assert finding.line == desk.line("service.yaml", "static_contacts")


def test_contact_name_that_is_not_translated(desk):
    desk.replace("contacts/all.yaml", "names: {fi: Chatti, sv: Chatten}", "names: {fi: Chatti}")
    finding = desk.found("'names' of 'chat' does not stand in: sv")
    assert (finding.line, finding.severity) == (desk.line("contacts/all.yaml", "names: {fi: Chatti}"), "warning")


def test_contact_of_low_confidence_and_hours_that_do_not_parse(desk):
    desk.replace("contacts/all.yaml", "confidence: medium", "confidence: low")
    desk.replace("contacts/all.yaml", "Mo-Fr 08:00-16:00; PH off", "arkisin 8-16")
    assert desk.found("rests on a fact of low confidence").line == desk.line("contacts/all.yaml", "- id: chat")
    finding = desk.found("The hours of 'office' cannot be read")
    assert finding.line == desk.line("contacts/all.yaml", "- id: office") and "Mo-Fr 08:00-16:00" in finding.fix


@pytest.mark.parametrize(("written", "fix"), [
    ("029 151 2000", "Write {phone:office}."), ("0291512000", "Write {phone:office}."), ("112", "Write {phone:emergency-112}."),
    ("040 123 4567", "write {phone:its-id}"),
])
def test_phone_number_written_out_in_a_text(desk, written, fix):
    desk.replace("fi/fees.md", "Odota kaksi viikkoa.", f"Odota kaksi viikkoa. Soita {written}.")
    finding = desk.found(f"The number {written} is written out")
    assert (finding.file, finding.line) == ("fi/fees.md", desk.line("fi/fees.md", f"Soita {written}"))
    assert fix in finding.fix


def test_112_may_stand_in_a_title_and_in_keywords_and_prices_are_no_phone_numbers(desk):
    assert desk.silent("is written out")


def test_phone_number_in_a_phrase_and_in_a_contacts_note(desk):
    desk.replace("fi/phrases.yaml", "Ole hyvä.", "Soita 029 151 2000.")
    names = "names: {fi: Chatti, sv: Chatten}"
    desk.replace("contacts/all.yaml", names, names + "\n  for: {fi: Tai 029 151 2000, sv: X}")
    assert desk.found("written out in the phrase 'thanks'").line == 2
    assert desk.found("written out in 'for' of 'chat'").line == desk.line("contacts/all.yaml", "  for:")


@pytest.mark.parametrize("written", ["09 816 34500", "+358 9 81634500", "09-81634500"])
def test_numbers_that_must_never_be_shown(desk, written):
    desk.write("fi/examples/fees.txt", f"paljonko maksaa\nvastaako {written} vielä\n")
    finding = desk.found("must not be shown: Espoo health stations before 2023")
    assert (finding.file, finding.line, finding.severity) == ("fi/examples/fees.txt", 2, "error")


def test_never_show_list_that_is_missing_or_broken(desk):
    desk.write("never-show.yaml", "numbers: 0981634500\n")
    assert desk.found("The list of numbers cannot be read").file == "never-show.yaml"
    (desk.root / "never-show.yaml").unlink()
    assert desk.found("The file is missing").file == "never-show.yaml"


@pytest.mark.parametrize(("target", "message"), [
    ("/fi/nothing", "there is no fi/nothing.md"), ("/sv/fees", "leads to another language"), ("fees.md", "is not a link that works"),
    ("http://example.fi", "is not an https address"),
])
def test_links_that_do_not_work(desk, target, message):
    desk.replace("fi/fees.md", "Odota kaksi viikkoa.", f"Odota kaksi viikkoa. [Lue]({target})")
    matching = [finding for finding in desk.check() if message in finding.message]
    assert [(finding.file, finding.line) for finding in matching] == [("fi/fees.md", desk.line("fi/fees.md", target))]


def test_link_to_a_topic_that_exists(desk):
    desk.replace("fi/fees.md", "Odota kaksi viikkoa.", "Odota kaksi viikkoa. [Lue](/fi/danger)")
    assert desk.silent("link")


def test_front_matter_link_without_https_is_found_on_its_own_line(desk):
    desk.replace("fi/fees.md", '  - {label: Sivu, url: "https://example.fi"}',
                 '  - {label: Sivu, url: "https://example.fi"}\n  - {label: Toinen, url: "http://example.fi"}')
    finding = desk.found("A link needs a label and an https address")
    assert finding.line == desk.line("fi/fees.md", "label: Toinen")


def test_contact_address_that_is_not_https(desk):
    desk.replace("contacts/all.yaml", "names: {fi: Chatti, sv: Chatten}", "names: {fi: Chatti, sv: Chatten}\n  url: www.example.fi")
    assert desk.found("'www.example.fi' of 'chat'").line == desk.line("contacts/all.yaml", "www.example.fi")
