"""The real client against a server on this machine that speaks the documented shapes, trouble included."""

import io
import json
import time
from contextlib import redirect_stderr
from datetime import timedelta

import pytest

from tests.catalogue.conftest import NOW, RECORDS, hours, lohja, service
from verkkoapu.catalogue.client import Client, Pace
from verkkoapu.catalogue.errors import PullRefused, SourceUnavailable
from verkkoapu.catalogue.pull import Scope, pull, pull_folder
from verkkoapu.catalogue.standin import StandIn
from verkkoapu.catalogue.store import Copy

ORGANISATION = "20000000-0000-4000-8000-000000000001"
SCOPE = Scope(organisations=(ORGANISATION,))
QUICK = Pace(between=0, connect=2, read=0.5, whole=1.0, attempts=4, first_wait=0.01, longest_wait=0.05, longest_retry_after=0.3)


def records(services=7, channels=12):
    stations = {}
    for number in range(channels):
        one = lohja(id=f"10000000-0000-4000-8000-{number:012d}")
        stations[one["id"]] = one
    given = {}
    for number in range(services):
        one = service(number, channels=[f"10000000-0000-4000-8000-{number:012d}"], organisation=ORGANISATION)
        given[one["id"]] = one
    organisation = {ORGANISATION: {"id": ORGANISATION, "organizationType": "WellbeingServicesCounty", "organizationNames": [
        {"language": "fi", "value": "Länsi-Uudenmaan hyvinvointialue", "type": "Name"}], "publishingStatus": "Published"}}
    return given, stations, organisation


@pytest.fixture
def source():
    with StandIn(*records(), page_size=5) as standin:
        yield standin


def read(standin, copy, now=NOW, **more):
    with Client("v11", standin.base(), pace=QUICK) as client:
        return pull(client, copy, SCOPE, now, **more)


def snapshot(copy):
    return {path.relative_to(copy.folder).as_posix(): path.read_bytes() for path in copy.folder.rglob("*")
            if path.is_file() and "incoming" not in path.parts}


def test_everything_is_read_page_by_page_and_kept_with_its_time(source, copy):
    result = read(source, copy)
    assert result.counts == {"new": 20, "changed": 0, "same": 0, "missing": 0}
    asked = [path for path, _status in source.log if "ServiceChannel/list/organization" in path]
    assert [path.rsplit("page=", 1)[1] for path in asked] == ["1", "2", "3"]
    state = copy.state()
    assert state.full_at == state.changes_at == NOW.isoformat(timespec="seconds")
    assert state.seen("10000000-0000-4000-8000-000000000003") == NOW.isoformat(timespec="seconds")
    reading = copy.read()
    assert (len(reading.catalogue.services), len(reading.catalogue.channels), len(reading.catalogue.organisations)) == (7, 12, 1)
    assert not copy.incoming.exists()


def test_a_second_full_reading_asks_with_etags_and_gets_no_bodies(source, copy):
    read(source, copy)
    before, source.log[:] = snapshot(copy), []
    result = read(source, copy, NOW + timedelta(days=7))
    assert result.full and result.counts["same"] == 20 and result.counts["new"] == 0
    assert {status for _path, status in source.log} == {304}
    after = snapshot(copy)
    assert {name for name in after if after[name] != before.get(name)} == {"state.json"}


def test_daily_only_changes_are_read_and_a_changed_record_is_taken(source, copy):
    read(source, copy)
    changed = "10000000-0000-4000-8000-000000000002"
    source.tables["ServiceChannel"][changed]["serviceHours"] = hours("14:00:00")
    source.changed[changed] = (NOW + timedelta(hours=20)).strftime("%Y-%m-%dT%H:%M:%S")
    source.log.clear()
    result = read(source, copy, NOW + timedelta(days=1))
    assert not result.full and result.counts == {"new": 0, "changed": 1, "same": 0, "missing": 0}
    assert any("ServiceChannel/list?guids=" in path for path, _ in source.log)
    assert any("date=2026-11-24T06" in path for path, _ in source.log)
    channel = copy.read().catalogue.channels[changed]
    assert {opening.end for opening in channel.details.hours[0].openings} == {14 * 60}
    assert copy.state().records[f"channels/{changed}"]["seen"] == (NOW + timedelta(days=1)).isoformat(timespec="seconds")
    assert len(copy.read().catalogue.channels) == 12


def test_a_changed_connection_shows_in_the_weekly_full_reading(source, copy):
    read(source, copy)
    first = source.tables["Service"]["40000000-0000-4000-8000-000000000000"]
    first["serviceChannels"][0]["serviceHours"] = hours("10:00:00")  # `modified` stays as it was
    assert not read(source, copy, NOW + timedelta(days=1)).full
    assert not any(c.details.hours for c in copy.read().catalogue.connections.values())
    assert read(source, copy, NOW + timedelta(days=8)).full
    assert any(c.details.hours for c in copy.read().catalogue.connections.values())


def test_a_record_that_is_gone_is_marked_and_left_out_and_comes_back(source, copy):
    read(source, copy)
    gone = source.tables["ServiceChannel"].pop("10000000-0000-4000-8000-000000000011")
    assert read(source, copy, NOW + timedelta(days=8)).counts["missing"] == 1
    assert copy.state().missing(gone["id"])
    assert gone["id"] not in copy.read().catalogue.channels
    source.tables["ServiceChannel"][gone["id"]] = gone
    read(source, copy, NOW + timedelta(days=16))
    assert gone["id"] in copy.read().catalogue.channels


@pytest.mark.parametrize("faults", [
    [("status", 500, {})], [("status", 503, {}), ("status", 502, {})], [("status", 429, {"Retry-After": "0"})], [("cut",)],
    [("garbage",)], [("slow", 0.8)], [None, ("drip", 0.1)], [("cut",), ("status", 500, {}), ("garbage",)],
])
def test_trouble_that_passes_is_got_over(source, copy, faults):
    source.faults.extend(faults)
    assert read(source, copy).counts["new"] == 20


def test_the_wait_that_the_source_asks_for_is_kept(source, copy):
    source.faults.append(("status", 429, {"Retry-After": "2"}))  # cut to the pace's longest, 0.3 s
    start = time.monotonic()
    read(source, copy)
    assert time.monotonic() - start >= 0.3


@pytest.mark.parametrize("fault", [("status", 500, {}), ("cut",), ("garbage",), ("status", 302, {"Location": "http://a.invalid/"})])
def test_a_bad_day_at_the_source_changes_nothing(source, copy, fault):
    read(source, copy)
    before = snapshot(copy)
    source.tables["Service"].clear()
    source.faults.extend([None] + [fault] * 50)
    with pytest.raises(SourceUnavailable):
        read(source, copy, NOW + timedelta(days=8))
    assert snapshot(copy) == before


def test_a_source_that_lost_half_of_its_records_is_refused(source, copy):
    read(source, copy)
    before = snapshot(copy)
    for number in range(3, 12):
        source.tables["ServiceChannel"].pop(f"10000000-0000-4000-8000-{number:012d}")
        source.tables["Service"].pop(f"40000000-0000-4000-8000-{number:012d}", None)
    with pytest.raises(PullRefused) as refused:
        read(source, copy, NOW + timedelta(days=8))
    assert refused.value.values == {"kind": "channels", "before": 12, "now": 3}
    assert snapshot(copy) == before
    assert read(source, copy, NOW + timedelta(days=8), even_if_smaller=True).counts["missing"] == 13


def test_an_answer_without_its_list_is_not_an_empty_catalogue(source, copy):
    read(source, copy)
    source.answer = lambda *_: {"message": "maintenance"}
    with pytest.raises(SourceUnavailable):
        read(source, copy, NOW + timedelta(days=8))
    assert len(copy.read().catalogue.channels) == 12


def test_a_reading_that_was_cut_off_goes_on_where_it_stopped(source, copy):
    source.faults.extend([None, None, None] + [("status", 500, {})] * 4)
    with pytest.raises(SourceUnavailable):
        read(source, copy)
    assert copy.state().records == {}
    source.log.clear()
    result = read(source, copy, NOW + timedelta(hours=1))
    assert result.resumed and result.counts["new"] == 20
    assert not any("Service/list/organization" in path and path.endswith("page=1") for path, _ in source.log)


def test_a_reading_cut_off_days_ago_begins_anew(source, copy):
    source.faults.extend([None, None] + [("status", 500, {})] * 4)
    with pytest.raises(SourceUnavailable):
        read(source, copy)
    assert not read(source, copy, NOW + timedelta(days=2)).resumed


def test_channels_of_others_that_our_services_use_are_fetched_too(source, copy):
    other = lohja(id="10000000-0000-4000-8000-000000000099", organizationId="20000000-0000-4000-8000-000000000009")
    source.tables["ServiceChannel"][other["id"]] = other
    source.tables["Service"]["40000000-0000-4000-8000-000000000001"]["serviceChannels"].append(
        {"serviceChannel": {"id": other["id"]}})
    result = read(source, copy)
    assert other["id"] in copy.read().catalogue.channels
    assert [problem.kind for problem in result.problems] == ["not_found"]  # its organisation is not at the source


def test_municipalities_can_be_asked_for(source, copy):
    with Client("v11", source.base(), pace=QUICK) as client:
        result = pull(client, copy, Scope(municipalities=("444",)), NOW)
    assert result.counts["new"] == 20
    with Client("v11", source.base(), pace=QUICK) as client, pytest.raises(PullRefused):
        pull(client, copy, Scope(counties=("03",)), NOW)


def test_the_key_goes_nowhere_but_to_https_or_this_machine():
    with pytest.raises(SourceUnavailable):
        Client("v12", "http://catalogue.example/api/v12", key="secret")
    with pytest.raises(SourceUnavailable):
        Client("v11", "file:///etc/passwd")


def test_requests_keep_their_distance(source, copy):
    pace = Pace(between=0.05, attempts=1)
    with Client("v11", source.base(), pace=pace) as client:
        start = time.monotonic()
        for _ in range(4):
            client.get(client.url("Organization/" + ORGANISATION))
        assert time.monotonic() - start >= 0.15


def test_recorded_records_and_the_real_source_are_not_mixed(source, copy, tmp_path):
    read(source, copy)
    with pytest.raises(PullRefused):
        pull_folder(RECORDS, copy, NOW)
    recorded = Copy(tmp_path / "recorded")
    reading, pulled = pull_folder(RECORDS, recorded, NOW)
    assert pulled.counts["new"] == 5 and sum(reading.understood.values()) == 5
    assert len(recorded.read().catalogue.channels) == 3
    with Client("v11", source.base(), pace=QUICK) as client, pytest.raises(PullRefused):
        pull(client, recorded, SCOPE, NOW)
    pull_folder(RECORDS / "services", recorded, NOW)
    assert len(recorded.read().catalogue.channels) == 0


def test_two_readings_at_once_do_not_meet(source, workplace, tmp_path, capsys):
    from verkkoapu.catalogue.cli import main

    with Copy(tmp_path / "var" / "catalogue").alone():
        assert main(["pull", "--organisation", ORGANISATION, "--base-url", source.base()]) == 2
    assert "Another reading" in capsys.readouterr().err


def test_progress_and_counts_are_shown_by_the_command(source, workplace, capsys):
    from verkkoapu.catalogue.cli import main

    status = main(["pull", "--organisation", ORGANISATION, "--base-url", source.base(), "--report", "json"])
    shown = capsys.readouterr()
    assert status == 0
    assert "services: page 2 of 2" in shown.err and "channels: page 3 of 3" in shown.err
    counts = json.loads(shown.out)
    assert counts["records"]["read"] == {"organisation": 1, "service": 7, "channel": 12}
    assert counts["numbers"] == {"total": 12, "valid": 12, "reported": 0}
    source.faults.extend([("status", 404, {})])
    with redirect_stderr(io.StringIO()) as said:
        assert main(["pull", "--organisation", ORGANISATION, "--base-url", source.base(), "--full", "--language", "fi"]) == 2
    assert "HTTP 404" in said.getvalue()
