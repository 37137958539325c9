"""What editors see and decide: match, diff, accept, hold, freshness, gaps, the service tray, numbers in texts."""

import json
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
import yaml

from tests.catalogue.conftest import NOW, hours, lohja, service
from verkkoapu.catalogue import freshness, gaps, textnumbers, tray
from verkkoapu.catalogue.accept import edited, safety_contacts
from verkkoapu.catalogue.changes import hours_in_words, same_hours, with_holidays
from verkkoapu.catalogue.cli import main
from verkkoapu.catalogue.decisions import Decisions
from verkkoapu.catalogue.errors import DecisionError
from verkkoapu.catalogue.report import understand
from verkkoapu.catalogue.store import Copy, State
from verkkoapu.content.load import load_content

LOHJA = "10000000-0000-4000-8000-000000000001"
HELPLINE = "10000000-0000-4000-8000-000000000007"
ASSOCIATION = "30000000-0000-4000-8000-000000000001"


def helpline(number="116117"):
    return lohja(id=HELPLINE, serviceChannelType="Phone", addresses=[], areas=[], areaType="Nationwide", serviceHours=[],
                 serviceChannelNames=[{"language": "fi", "value": "Päivystysapu 116117", "type": "Name"}],
                 phoneNumbers=[{"type": "Phone", "number": number, "language": "fi", "serviceChargeType": "FreeOfCharge"}])


def pull(tmp_path, *records):
    folder = tmp_path / "records"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    for number, record in enumerate(records):
        (folder / f"{number}.json").write_text(json.dumps(record), encoding="utf-8")
    assert main(["pull", "--from-folder", str(folder)]) == 0


@pytest.fixture
def pulled(workplace, tmp_path, capsys):
    association = {"id": ASSOCIATION, "organizationType": "Organization", "publishingStatus": "Published",
                   "organizationNames": [{"language": "fi", "value": "Lohjan Liikkujat ry", "type": "Name"}]}
    pull(tmp_path, lohja(), helpline(), service(1, [LOHJA]), association,
         service(2, name="Taidepaja", areaType="Nationwide", areas=[], serviceClasses=[
             {"code": "P17", "name": [{"language": "fi", "value": "Kulttuuri"}]}]))
    capsys.readouterr()
    return workplace


def run(capsys, *words):
    status = main(list(words))
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def test_match_proposes_and_an_editor_decides_once(pulled, capsys):
    status, out, _ = run(capsys, "match", "--json")
    proposals = {item["contact"]: item for item in json.loads(out)}
    assert status == 0
    assert proposals["health-station-lohja"]["sure"] is True
    assert proposals["health-station-lohja"]["candidates"][0]["entry"] == LOHJA
    assert proposals["medical-helpline-116117"]["sure"] is True
    assert "number" in proposals["medical-helpline-116117"]["candidates"][0]["reasons"]
    # Another municipality's station is like it in name and must not be sure.
    assert not proposals["health-station-hanko"]["sure"]
    run(capsys, "match", "--take-sure", "--none", "emergency-112")
    decided = Decisions(pulled).by_contact
    assert decided["health-station-lohja"].entry == LOHJA and decided["emergency-112"].entry is None
    _, out, _ = run(capsys, "match", "--json")
    assert not {"health-station-lohja", "emergency-112"} & {item["contact"] for item in json.loads(out)}
    head = (pulled / "catalogue" / "decisions.yaml").read_text("utf-8")
    assert head.startswith("# Which entry")


@pytest.mark.parametrize("words", [
    ("match", "--choose", "nobody=" + LOHJA), ("match", "--choose", "health-station-lohja=x"), ("match", "--choose", "x"),
    ("diff", "health-station-lohja"), ("accept", "nobody"), ("hold", "health-station-lohja"),
])
def test_a_decision_that_cannot_be_carried_out_writes_nothing(pulled, capsys, words):
    before = {path: path.read_bytes() for path in pulled.rglob("*.yaml")}
    status, _out, err = run(capsys, *words)
    assert status == 2 and err.strip()
    assert {path: path.read_bytes() for path in pulled.rglob("*.yaml")} == before


def test_diff_says_in_words_what_changed(pulled, tmp_path, capsys):
    run(capsys, "match", "--choose", f"health-station-lohja={LOHJA}")
    _, out, _ = run(capsys, "diff", "health-station-lohja")
    assert "phone (none) → 019 1234567" in out
    assert "price of the call ordinary call price" in out
    _, out, _ = run(capsys, "accept", "health-station-lohja")
    assert out.startswith("Written: ")
    # The catalogue changes: another number, and Fridays end an hour earlier.
    pull(tmp_path, lohja(phoneNumbers=[{"type": "Phone", "prefixNumber": "+358", "number": "197654321", "language": "fi",
                                        "serviceChargeType": "Chargeable"}], serviceHours=hours("16:00:00", friday="14:00:00")))
    capsys.readouterr()
    lines = {language: run(capsys, "diff", "--language", language)[1] for language in ("en", "fi", "sv")}
    assert "phone 019 1234567 → 019 7654321; closes 14 instead of 15 on Fridays" in lines["en"]
    assert "puhelin 019 1234567 → 019 7654321; sulkeutuu 14 eikä 15 perjantaisin" in lines["fi"]
    assert "telefon 019 1234567 → 019 7654321; stänger 14 i stället för 15 på fredagar" in lines["sv"]
    found = json.loads(run(capsys, "diff", "--json")[1])[0]
    assert found["changes"][0] == {"field": "phone", "ours": "+358191234567", "theirs": "+358197654321"}


def test_accept_writes_only_the_fields_of_that_contact(pulled, capsys):
    run(capsys, "match", "--choose", f"health-station-lohja={LOHJA}")
    path = pulled / "contacts" / "health.yaml"
    before = path.read_text("utf-8")
    others = {p: p.read_bytes() for p in pulled.rglob("*.yaml") if p != path}
    run(capsys, "accept", "health-station-lohja")
    after = path.read_text("utf-8")
    contact = load_content(pulled)[0].contacts["health-station-lohja"]
    assert (contact.phone, contact.charge, contact.checked_on) == ("+358191234567", "local", "2026-11-24")
    assert contact.hours == "Mo-Th 08:00-16:00; Fr 08:00-15:00; PH unknown"
    old, new = before.splitlines(), after.splitlines()
    start = old.index("- id: health-station-lohja")
    end = next(n for n in range(start + 1, len(old)) if old[n].startswith("- id:"))
    assert new[:start] == old[:start] and new[-(len(old) - end):] == old[end:]
    assert {p: p.read_bytes() for p in others} == others
    kept = [line for line in old[start:end] if line.strip().partition(":")[0] not in ("phone", "charge", "hours", "address")]
    assert all(line in new for line in kept)
    # Nothing is left to take over; only the date of checking is set again.
    assert json.loads(run(capsys, "diff", "--json")[1])[0]["changes"] == []
    assert "Checked: health-station-lohja" in run(capsys, "accept", "--same")[1]


def test_a_safety_contact_changes_only_when_it_is_named(pulled, tmp_path, capsys):
    content = load_content(pulled)[0]
    assert {"emergency-112", "medical-helpline-116117", "luvn-contact"} <= safety_contacts(content)
    run(capsys, "match", "--choose", f"medical-helpline-116117={HELPLINE}", "--choose", f"health-station-lohja={LOHJA}")
    pull(tmp_path, lohja(), helpline("029 151 2000"))
    before = content.contacts["medical-helpline-116117"].phone
    _, out, err = run(capsys, "accept", "--all")
    assert "health" not in err and "medical-helpline-116117" in err and "Written: Lohja" in out
    assert load_content(pulled)[0].contacts["medical-helpline-116117"].phone == before
    assert "SAFETY" in run(capsys, "diff", "medical-helpline-116117")[1]
    run(capsys, "accept", "medical-helpline-116117")
    assert load_content(pulled)[0].contacts["medical-helpline-116117"].phone == "+358291512000"


def test_held_values_are_not_proposed_again_until_they_change(pulled, tmp_path, capsys):
    run(capsys, "match", "--choose", f"health-station-lohja={LOHJA}")
    run(capsys, "hold", "health-station-lohja")
    contact = load_content(pulled)[0].contacts["health-station-lohja"]
    assert contact.phone is None and contact.checked_on == "2026-11-24"
    _, out, _ = run(capsys, "diff")
    assert "the same as in the catalogue" in out and "held back earlier: phone" in out
    pull(tmp_path, lohja(phoneNumbers=[{"type": "Phone", "prefixNumber": "+358", "number": "197654321", "language": "fi"}]))
    capsys.readouterr()
    assert "→ 019 7654321" in run(capsys, "diff")[1]


def test_an_entry_that_is_gone_is_told_and_nothing_is_taken(pulled, tmp_path, capsys):
    run(capsys, "match", "--choose", f"health-station-lohja={LOHJA}")
    pull(tmp_path, helpline())
    capsys.readouterr()
    assert "no longer in the catalogue" in run(capsys, "diff")[1]
    before = (pulled / "contacts" / "health.yaml").read_bytes()
    run(capsys, "accept", "health-station-lohja")
    assert (pulled / "contacts" / "health.yaml").read_bytes() == before


ENTRY = '''# Head.
- id: one
  kind: phone
  phone: "112"   # the number
  hours: null

# Between.
- id: two
  kind: phone
  names: {fi: Kaksi}
  phone: null
  hours_note:
    fi: Teksti
      jatkuu
  confidence: high
'''


def test_an_edit_keeps_remarks_blank_lines_and_other_entries():
    new = edited(ENTRY, "one", {"phone": "116117", "checked_on": "2026-11-24"})
    assert '  phone: "116117"  # the number\n  hours: null\n  checked_on: 2026-11-24\n\n# Between.\n- id: two\n' in new
    assert new[new.index("# Between."):] == ENTRY[ENTRY.index("# Between."):]
    again = edited(ENTRY, "two", {"phone": "116117", "hours": 'Mo "x"', "checked_on": "2026-11-24"})
    assert yaml.safe_load(again)[1]["hours"] == 'Mo "x"'
    assert yaml.safe_load(again)[1]["hours_note"] == {"fi": "Teksti jatkuu"}
    assert edited(ENTRY.replace("\n", "\r\n"), "one", {"phone": "112"}).count("\r\n") == ENTRY.count("\n")
    with pytest.raises(DecisionError):
        edited(ENTRY, "three", {"phone": "112"})


@pytest.mark.parametrize("ours, theirs, words", [
    ("Mo-Fr 08:00-16:00; PH off", "Mo-Th 08:00-16:00; Fr 08:00-15:00; PH off", ["closes 15 instead of 16 on Fridays"]),
    ("Mo-Fr 08:00-16:00", "Mo-Fr 09:00-16:00", ["opens 9 instead of 8 on weekdays"]),
    ("Mo-Fr 08:00-16:00", "Mo,We-Fr 08:00-16:00", ["closed, was 8–16, on Tuesdays"]),
    ("Mo-Fr 08:00-16:00", "Mo-Fr 08:00-16:00; Sa 10:00-14:30", ["open 10–14:30, was closed, on Saturdays"]),
    ("Mo-Fr 08:00-16:00", "Mo-Fr 08:00-11:00,12:00-16:00", ["open 8–11, 12–16 instead of 8–16 on weekdays"]),
    ("Mo-Fr 08:00-16:00; PH off", "Mo-Fr 08:00-16:00; PH off; 2026 Dec 24 off",
     ["hours on holidays or single dates Mo-Fr 08:00-16:00; PH off → Mo-Fr 08:00-16:00; PH off; 2026 Dec 24 off"]),
    (None, "24/7", ["hours (none) → 24/7"]),
])
def test_hours_in_words(ours, theirs, words):
    assert hours_in_words(ours, theirs, "en") == words


def test_hours_that_mean_the_same_are_no_change():
    today = date(2026, 11, 24)
    assert same_hours("Mo-Fr 08:00-16:00; PH off", "Mo,Tu,We,Th,Fr 08:00-12:00,12:00-16:00; PH off", today)
    assert not same_hours("Mo-Fr 08:00-16:00; PH off", "Mo-Fr 08:00-16:00", today)


@pytest.mark.parametrize("theirs", [[], [{"serviceHourType": "Exceptional", "validFrom": "2026-12-24T00:00:00", "isClosed": True}]])
def test_hours_that_the_catalogue_does_not_have_take_nothing_away(content, theirs):
    from verkkoapu.catalogue.changes import changes
    from verkkoapu.catalogue.reading import Reading

    reading = Reading()
    reading.add({**helpline(), "serviceHours": theirs, "phoneNumbers": []})
    (entry,), _ = understand(reading)
    contact = content.contacts["medical-helpline-116117"]
    assert contact.hours and changes(contact, entry, NOW.date()) == []


@pytest.mark.parametrize("hours_, ours, wanted", [
    ("Mo-Fr 08:00-16:00", "Mo-Fr 08:00-15:00; PH off", "Mo-Fr 08:00-16:00; PH off"),
    ("Mo-Fr 08:00-16:00", None, "Mo-Fr 08:00-16:00; PH unknown"),
    ("24/7", None, "24/7"),
    ("Mo-Fr 08:00-16:00; 2026 Dec 24 off", None, "Mo-Fr 08:00-16:00; PH unknown; 2026 Dec 24 off"),
    ("Mo-Fr 08:00-16:00; 2026 Jun 01-2026 Aug 31 off; 2026 Jun 01-2026 Aug 31 Mo-Fr 08:00-15:00; Dec 24 off", None,
     "Mo-Fr 08:00-16:00; 2026 Jun 01-2026 Aug 31 off; 2026 Jun 01-2026 Aug 31 Mo-Fr 08:00-15:00; PH unknown; Dec 24 off"),
])
def test_about_public_holidays_we_say_what_we_know(hours_, ours, wanted):
    assert with_holidays(hours_, ours) == wanted


def test_a_contact_not_seen_for_thirty_days_is_a_finding(workplace):
    content, decisions = load_content(workplace)[0], Decisions(workplace)
    for contact, entry in (("health-station-lohja", "a"), ("health-station-hanko", "b"), ("emergency-112", None), ("gone", "a"),
                           ("health-station-inkoo", "s~c")):
        decisions.decide(contact, entry, date(2026, 11, 1))
    seen = {"channels/a": 31, "channels/c": 1, "services/s": 30}
    state = State(records={path: {"seen": (NOW - timedelta(days=days)).isoformat()} for path, days in seen.items()})
    found = freshness.findings(content.contacts, decisions, state, NOW)
    assert len(found) == 3
    said = " ".join(finding.message for finding in found)
    assert "'health-station-lohja' has not been seen in the catalogue for 31 days" in said
    assert "'health-station-hanko'" in said and "'gone'" in said
    lohja_line = next(finding for finding in found if "lohja" in finding.message)
    assert lohja_line.file == "contacts/health.yaml" and lohja_line.line > 1
    assert "30 päivään" not in str(freshness.findings(content.contacts, decisions, state, NOW, "fi"))


def test_the_tray_is_searched_by_municipality_kind_and_words(pulled, tmp_path):
    path = tmp_path / "var" / "catalogue" / "ngo.json"
    assert [item["name"] for item in tray.search(path=path)] == ["Liikuntaryhmä", "Taidepaja"]
    assert [item["name"] for item in tray.search("Lojo", "sport", language="sv", path=path)] == ["Liikuntaryhmä"]
    assert [item["name"] for item in tray.search("lohja", path=path)] == ["Liikuntaryhmä", "Taidepaja"]
    # Elsewhere only the nationwide one is offered; the municipality's own come first.
    assert [item["name"] for item in tray.search("hanko", path=path)] == ["Taidepaja"]
    assert tray.search("hanko", "sport", path=path) == []
    assert [item["name"] for item in tray.search(text="taide", path=path)] == ["Taidepaja"]
    shown = tray.search("444", path=path)[0]
    assert shown["organisation"] == "Lohjan Liikkujat ry" and "sport" in shown["kinds"]
    assert shown["contacts"][0]["phone"] == "+358191234567"
    assert {choice["id"]: choice["count"] for choice in tray.kind_choices("en", path=path)}["sport"] == 1
    assert tray.search(path=tmp_path / "none.json") == []
    assert tray.search("lohja") == tray.search("lohja", path=path)  # the place that settings name


def test_a_county_unit_is_not_an_association(workplace, tmp_path):
    county = {"id": ASSOCIATION, "organizationType": "WellbeingServicesCounty", "publishingStatus": "Published",
              "organizationNames": [{"language": "fi", "value": "Länsi-Uudenmaan hyvinvointialue", "type": "Name"}]}
    pull(tmp_path, county, service(1))
    assert tray.search(path=tmp_path / "var" / "catalogue" / "ngo.json") == []


def test_services_without_a_topic_become_drafts_that_nobody_reads(pulled, tmp_path, capsys):
    status, out, _ = run(capsys, "report", "--json")
    assert status == 0 and json.loads(out)["gaps"] >= 1
    folder = tmp_path / "var" / "catalogue" / "drafts"
    listed = json.loads((folder / "gaps.json").read_text("utf-8"))
    assert "Taidepaja" in [item["names"]["fi"] for item in listed]
    draft = next(folder.glob("fi/*2.md")).read_text("utf-8")
    head = yaml.safe_load(draft.split("---")[1])
    assert head["draft"] is True and head["title"] == "Taidepaja"
    assert "Digi- ja väestötietovirasto" in head["sources"][0]
    assert not any("Taidepaja" in path.read_text("utf-8") for path in pulled.rglob("*.md"))


def test_a_service_that_a_topic_covers_is_no_gap(pulled, tmp_path):
    content = load_content(pulled)[0]
    title = next(text.title for text in content.texts.values() if text.language == "fi")
    pull(tmp_path, service(1, name=title), service(2, [LOHJA], name="Xyzzy"), lohja())
    reading = Copy(tmp_path / "var" / "catalogue").read()
    assert gaps.find_gaps(reading.catalogue, content, [LOHJA]) == []
    assert [gap.names["fi"] for gap in gaps.find_gaps(reading.catalogue, content, [])] == ["Xyzzy"]


def test_numbers_written_out_in_texts_are_findings(workplace):
    path = workplace / "fi" / "dental-care.md"
    path.write_text(path.read_text("utf-8") + "\nSoita 029 151 2000 tai 09 310 12345 tai 116 117. Hinta 17,90 euroa 2025.\n", "utf-8")
    found = [f for f in textnumbers.findings(load_content(workplace)[0]) if f.file == "fi/dental-care.md"]
    assert [(f.severity, f.line) for f in found].count(("error", found[0].line)) == 1
    assert {f.severity for f in found} == {"error", "warning"}
    assert any("{phone:" in f.fix and "116 117" in f.message for f in found)
    assert any("09 310 12345" in f.message for f in found)


def test_export_writes_everything_converted(pulled, tmp_path, capsys):
    out = tmp_path / "export.json"
    assert main(["export", "--out", str(out)]) == 0
    data = json.loads(out.read_text("utf-8"))
    assert data["attribution"].startswith("Source: Suomi.fi")
    station = next(contact for contact in data["contacts"] if contact["id"] == LOHJA)
    assert station["hours"] == "Mo-Th 08:00-16:00; Fr 08:00-15:00"
    assert station["hours_sets"][0]["week"] == station["hours"]
    assert set(station) >= {"id", "names", "phones", "hours", "coordinates", "address", "languages", "areas", "service_classes",
                            "target_groups"}


def test_the_copy_of_an_unreadable_state_is_read_anew(copy):
    copy.folder.mkdir(parents=True)
    (copy.folder / "state.json").write_text("{", encoding="utf-8")
    assert copy.state() == State()


def test_proposals_are_ordered_by_likeness(pulled, tmp_path):
    from verkkoapu.catalogue.match import municipality_codes, propose

    content = load_content(pulled)[0]
    entries, _ = understand(Copy(tmp_path / "var" / "catalogue").read())
    codes = municipality_codes(content, entries)
    assert codes == {"lohja": "444"}
    for proposal in propose(content, entries, codes):
        assert all(a.score >= b.score for a, b in pairwise(proposal.candidates))


def test_days_are_counted_in_whole_days():
    assert (datetime(2026, 11, 24) - datetime(2026, 10, 25)) == freshness.UNSEEN_AFTER
