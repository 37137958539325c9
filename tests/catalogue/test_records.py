"""Records to the model and to contacts: the recorded samples, numbers, places, overrides, and garbage."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.catalogue.conftest import RECORDS, hours, lohja, service
from verkkoapu.catalogue.convert import exported
from verkkoapu.catalogue.phones import dialled
from verkkoapu.catalogue.places import degrees
from verkkoapu.catalogue.problems import ERRORS, Problems
from verkkoapu.catalogue.reading import Reading, read_folder
from verkkoapu.catalogue.report import report, understand
from verkkoapu.catalogue.texts import languages, say, texts
from verkkoapu.content.contactfile import is_valid_phone


def read(*records):
    reading = Reading()
    for record in records:
        reading.add(record)
    entries, problems = understand(reading)
    return reading, {entry.id: entry for entry in entries}, problems


def test_the_recorded_samples_are_understood_whole():
    reading = read_folder(RECORDS)
    entries, problems = understand(reading)
    counts = report(reading, entries, problems)
    assert counts["records"]["understood"] == {"channel": 3, "service": 2}
    assert problems == []
    assert counts["numbers"] == {"total": 2, "valid": 2, "reported": 0}
    assert counts["hours"]["weekly"] == {"total": 2, "converted": 2, "unknown": 0}
    by_id = {entry.id: exported(entry) for entry in entries}
    place = by_id["5e105d6c-db14-4726-8eef-b1b7a98bb311"]
    assert place["hours"] == "Mo-Fr 08:00-16:00"
    assert place["coordinates"] == pytest.approx([63.098776, 21.647877], abs=1e-5)
    assert place["address"]["sv"] == "Dammbrunnsvägen 4, 65100 Vasa"
    assert {code["code"] for code in place["service_classes"]} == {"P5.2", "P5.8", "P5.17"}
    phone = by_id["6833ff5e-fb4f-4cbd-ae2d-2b3a0c15700c"]["phones"]
    assert phone == [{"number": "+358405116380", "kind": "phone", "charge": "local", "languages": ["fi", "sv"],
                      "charge_notes": {}, "notes": {}}]


@pytest.mark.parametrize("number, prefix, wanted", [
    ("405116380", "+358", "+358405116380"), ("0405116380", "+358", "+358405116380"), ("029 151 2000", "", "+358291512000"),
    ("+358 40 511 6380", "", "+358405116380"), ("358405116380", "+358", "+358405116380"), ("116117", "", "116117"),
    ("116 117", "+358", "116117"), ("112", "", "112"), ("116006", "", "116006"), ("0800 0 1234", "", "+35880001234"),
    ("00358405116380", "", "+358405116380"), ("812345678", "+46", "+46812345678"), ("09-310 10023", "", "+358931010023"),
    ("040 123", "+358", None), ("99999", "", None), ("Soita Matille", "", None), ("040 1234567 / 09 123 4567", "", None),
    ("", "+358", None), ("000000000", "+358", None), ("040 1234567 (ma-pe 8-10)", "+358", None),
])
def test_numbers_are_dialled_or_refused(number, prefix, wanted):
    assert dialled(number, prefix) == wanted
    if wanted:
        assert is_valid_phone(wanted)


@settings(max_examples=300, deadline=None)
@given(number=st.text(alphabet="0123456789+ -()/.x", max_size=14), prefix=st.sampled_from(["", "+358", "+46", "358", "+", "x"]))
def test_no_number_whatever_raises_and_what_comes_out_is_valid(number, prefix):
    found = dialled(number, prefix)
    assert found is None or is_valid_phone(found)


def test_an_invalid_number_is_a_finding_with_the_record_and_the_field():
    channel = lohja(phoneNumbers=[{"type": "Phone", "prefixNumber": "+358", "number": "12", "language": "fi"},
                                  {"type": "Fax", "prefixNumber": "+358", "number": None, "language": "fi"}])
    _reading, entries, problems = read(channel)
    assert [(p.record, p.field, p.kind) for p in problems] == [
        (channel["id"], "phoneNumbers[0].number", "phone_invalid"), (channel["id"], "phoneNumbers[1].number", "phone_empty")]
    assert entries[channel["id"]].phones == ()
    finding = problems[0].finding("fi")
    assert finding.severity == "error" and channel["id"] in finding.file and "12" in finding.message


def test_charges_and_kinds_are_ours():
    channel = lohja(phoneNumbers=[
        {"type": "Phone", "number": "0600 12345", "isFinnishServiceNumber": True, "serviceChargeType": "Chargeable", "language": "fi"},
        {"type": "Sms", "prefixNumber": "+358", "number": "401234567", "serviceChargeType": "FreeOfCharge", "language": "fi"},
        {"type": "Fax", "prefixNumber": "+358", "number": "191234567", "serviceChargeType": "Other", "language": "sv",
         "chargeDescription": "2 €/min"},
    ])
    phones = read(channel)[1][channel["id"]].phones
    assert [(phone.kind, phone.charge) for phone in phones] == [("phone", "special"), ("sms", "free"), ("fax", "special")]
    assert phones[2].charge_notes == {"sv": "2 €/min"}


@pytest.mark.parametrize("north, east, kind", [
    ("7007850.117", "230049.973", None), ("60.25", "24.06", None), (None, None, None), ("", "", None),
    ("230049", "7007850", "coordinates_outside"), ("0", "0", "coordinates_outside"), ("6000000", "300000", "coordinates_outside"),
    ("north", "east", "coordinates_unreadable"), ("NaN", "1", "coordinates_outside"),
])
def test_coordinates_are_inside_finland_or_a_finding(north, east, kind):
    problems = Problems()
    point = degrees(north, east, "addresses[0]", problems)
    assert [problem.kind for problem in problems.found] == ([kind] if kind else [])
    assert (point is not None) == (kind is None and bool(north))


def test_a_connection_overrides_the_channel_and_leaves_the_rest():
    channel = lohja()
    own = [{"type": "Phone", "prefixNumber": "+358", "number": "401112222", "language": "fi"}]
    linked = service(channels=[channel["id"]])
    linked["serviceChannels"][0].update(serviceHours=hours("12:00:00"), contactDetails={"phoneNumbers": own})
    _reading, entries, _ = read(linked, channel)
    override = entries[f"{linked['id']}~{channel['id']}"]
    assert override.hours == "Mo-Fr 08:00-12:00"
    assert [phone.number for phone in override.phones] == ["+358401112222"]
    assert override.visiting.lines["fi"] == "Sairaalatie 8, 08200 Lohja"
    assert entries[channel["id"]].hours == "Mo-Th 08:00-16:00; Fr 08:00-15:00"


def test_a_connection_told_at_both_ends_is_one_and_the_fuller_one_is_used():
    channel = lohja(services=[{"service": {"id": "40000000-0000-4000-8000-000000000001"}, "serviceHours": hours("12:00:00")}])
    reading, entries, _ = read(channel, service(channels=[channel["id"]]))
    assert len(reading.catalogue.connections) == 1
    assert entries[f"40000000-0000-4000-8000-000000000001~{channel['id']}"].hours == "Mo-Fr 08:00-12:00"


@pytest.mark.parametrize("record, kind", [
    (None, "not_a_record"), ([], "not_a_record"), ("text", "not_a_record"), ({}, "not_a_record"),
    ({"serviceChannelType": "Phone"}, "no_id"), ({"serviceChannelType": "Phone", "id": "../../etc/passwd"}, "bad_id"),
    ({"serviceChannelType": "Pigeon", "id": "a1"}, "channel_kind_unknown"), ({"serviceNames": [], "id": "a1"}, "no_name"),
    ({"serviceContentId": 5, "channelContentId": None}, "no_id"),
])
def test_a_record_that_cannot_be_understood_is_a_finding_and_stops_nothing(record, kind):
    _reading, entries, problems = read(record, lohja())
    assert kind in [problem.kind for problem in problems]
    assert lohja()["id"] in entries


def test_of_two_records_with_one_id_the_later_is_used():
    _reading, entries, problems = read(lohja(modified="2026-11-01T00:00:00", languages=["en"]), lohja())
    assert entries[lohja()["id"]].languages == ("en",)
    assert [problem.kind for problem in problems] == ["duplicate"]


def test_files_that_are_not_json_are_findings(tmp_path):
    (tmp_path / "a.json").write_bytes(b"\xff\xfe not json")
    (tmp_path / "b.json").write_text("[" * 100_000)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "c.json").write_text("\ufeff" + json.dumps({"itemList": [lohja()]}), encoding="utf-8")
    reading = read_folder(tmp_path)
    assert reading.read == {"unreadable": 2, "channel": 1}
    assert [problem.kind for problem in reading.problems] == ["unreadable", "unreadable"]


_KEYS = sorted({key for path in RECORDS.rglob("*.json") for key in json.loads(path.read_text("utf-8"))}
               | {"contentId", "languageVersions", "serviceType", "organizationType", "fi", "value", "language", "weeklyHours"})
_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("\ud800"),
                     lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5),
                     max_leaves=25)


@settings(max_examples=300, deadline=None)
@given(junk=_JSON, key=st.sampled_from(["serviceChannelType", "serviceNames", "contentId", "organizationType"]))
def test_no_json_whatever_stops_the_reading(junk, key):
    base = dict(junk) if isinstance(junk, dict) else {"areas": junk}
    reading, entries, problems = read(junk, {**base, key: junk, "id": "x1"}, {**lohja(), "addresses": junk, "areas": junk})
    assert lohja()["id"] in entries
    json.dumps([exported(entry) for entry in entries.values()]).encode()
    assert "record_failed" not in [problem.kind for problem in problems]
    report(reading, list(entries.values()), problems)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_real_record_with_any_field_spoilt_is_still_read(data):
    record = json.loads((RECORDS / "channels" / "5e105d6c-db14-4726-8eef-b1b7a98bb311.json").read_text("utf-8"))
    spot, steps = record, data.draw(st.integers(1, 5))
    for _ in range(steps):
        keys = sorted(spot, key=str) if isinstance(spot, dict) else list(range(len(spot)))
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        if not isinstance(spot[key], (dict, list)) or data.draw(st.booleans()):
            spot[key] = data.draw(_JSON)
            break
        spot = spot[key]
    reading, _entries, problems = read(record)
    assert sum(reading.read.values()) == 1
    assert "record_failed" not in [problem.kind for problem in problems]


def test_every_kind_of_finding_has_its_words():
    kinds = set(texts("en")["problem"])
    assert kinds == set(texts("en")["fix"]) and kinds >= ERRORS - {"shrunk"}
    for language in languages():
        for kind in kinds:
            say(f"problem.{kind}", language, record="", field="", value="", contact="", days=1, entry="", number="")


def test_the_languages_have_the_same_texts_for_what_editors_see():
    for part in ("diff", "days", "charge", "match", "progress"):
        assert set(texts("fi")[part]) == set(texts("sv")[part]) == set(texts("en")[part])
