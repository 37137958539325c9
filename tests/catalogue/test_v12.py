"""Version 12: its own shapes, the key, connections apart, holidays by name; the same model comes of it."""

from datetime import timedelta

import pytest

from tests.catalogue.conftest import NOW
from tests.catalogue.test_hours import state
from tests.catalogue.test_pull import QUICK
from verkkoapu.catalogue import adapter_v12
from verkkoapu.catalogue.client import Client
from verkkoapu.catalogue.errors import SourceUnavailable
from verkkoapu.catalogue.notation import hours_notation
from verkkoapu.catalogue.problems import Problems
from verkkoapu.catalogue.pull import Scope, pull
from verkkoapu.catalogue.report import understand
from verkkoapu.catalogue.standin import StandIn

OWNER = "o-1"


def week(*days, start="08:00", end="16:00", status="Open"):
    return {day: {"hours": [{"start": start, "end": end, "openingStatus": status}]} for day in days}


WORKDAYS = week("monday", "tuesday", "wednesday", "thursday", "friday")
CHANNEL = {
    "contentId": "c-1", "organizationContentId": OWNER, "serviceChannelType": "TelephoneService", "publishingStatus": "Published",
    "languageVersions": {"fi": {"name": "Neuvonta", "summary": "Apua."}, "sv": {"name": "Rådgivning"}},
    "serviceLanguages": ["fi", "sv"], "modified": "2026-10-01T00:00:00Z",
    "phoneNumbers": [{"type": "Phone", "prefixNumber": "+358", "number": "291512000", "serviceChargeType": "Chargeable",
                      "language": "fi"}],
    "serviceHours": {"hours": [{"type": "WeeklyUntilFurtherNoticeServiceHour", "weeklyHours": WORKDAYS}],
                     "holidayServiceHours": {"holidays": [{"holidayName": "ChristmasEve", "hours": [{"openingStatus": "Closed"}]}]}},
}
SERVICE = {
    "contentId": "s-1", "organizationContentId": OWNER, "serviceType": "Service", "publishingStatus": "Published",
    "languageVersions": {"fi": {"name": "Neuvontapalvelu", "summary": "Neuvontaa kaikille."}}, "serviceClasses": ["P5.17"],
    "targetGroups": ["KR1"], "municipalities": ["444"], "modified": "2026-10-01T00:00:00Z",
}
CONNECTION = {"serviceContentId": "s-1", "channelContentId": "c-1", "modified": "2026-10-01T00:00:00Z",
              "serviceHours": {"hours": [{"type": "ContinuousAlwaysValidServiceHour", "openingStatus": "Open"}]}}
ORGANISATION = {"contentId": OWNER, "organizationType": "Organization", "languageVersions": {"fi": {"name": "Apu ry"}},
                "publishingStatus": "Published"}
CODES = {"service-classes": [{"code": "P5.17", "uri": "urn:P5.17", "languageVersions": {"fi": {"name": "Neuvonta ja ohjaus"}}}],
         "municipality-codes": [{"code": "444", "name": {"fi": "Lohja", "sv": "Lojo"}}]}


def convert(value):
    problems = Problems()
    return hours_notation(adapter_v12.read_hours(value, "serviceHours", problems), problems), [p.kind for p in problems.found]


def test_a_whole_pull_of_version_12(copy):
    with StandIn({"s-1": SERVICE}, {"c-1": CHANNEL}, {OWNER: ORGANISATION}, [CONNECTION], CODES, key="secret") as source:
        with Client("v12", source.base("v12"), "secret", QUICK) as client:
            result = pull(client, copy, Scope(organisations=(OWNER,)), NOW)
        assert result.counts["new"] == 4
        with Client("v12", source.base("v12"), "secret", QUICK) as client:
            assert not pull(client, copy, Scope(organisations=(OWNER,)), NOW + timedelta(days=1)).full
        assert any("publishedAtOrAfter=" in path for path, _ in source.log)
        with Client("v12", source.base("v12"), "wrong", QUICK) as client, pytest.raises(SourceUnavailable):
            pull(client, copy, Scope(organisations=(OWNER,)), NOW, full=True)
    reading = copy.read()
    entries, problems = understand(reading)
    assert problems == []
    by_id = {entry.id: entry for entry in entries}
    assert by_id["c-1"].kind == "phone" and by_id["c-1"].names == {"fi": "Neuvonta", "sv": "Rådgivning"}
    assert [phone.number for phone in by_id["c-1"].phones] == ["+358291512000"]
    assert by_id["c-1"].hours == "Mo-Fr 08:00-16:00; Dec 24 off"
    assert by_id["s-1~c-1"].hours == "24/7"
    assert by_id["c-1"].classes[0].names == {"fi": "Neuvonta ja ohjaus"}
    assert reading.catalogue.services["s-1"].areas[0].municipalities == (("444", {"fi": "Lohja", "sv": "Lojo"}),)


@pytest.mark.parametrize("hours, moments", [
    ([{"type": "WeeklyUntilFurtherNoticeServiceHour", "weeklyHours": WORKDAYS},
      {"type": "WeeklyDateRangeServiceHour", "fromDate": "2026-06-01", "toDate": "2026-08-31", "weeklyHours": week("monday", end="12:00")}],
     {"2026-06-08T11:00": "open", "2026-06-08T13:00": "closed", "2026-06-09T09:00": "closed", "2026-09-01T13:00": "open"}),
    ([{"type": "WeeklyUntilFurtherNoticeServiceHour", "weeklyHours": WORKDAYS},
      {"type": "ExceptionalDateRangeServiceHour", "fromDate": "2026-12-21", "toDate": "2026-12-22",
       "weeklyHours": week("monday", "tuesday", start="10:00", end="12:00")}],
     {"2026-12-21T11:00": "open", "2026-12-22T13:00": "closed", "2026-12-23T13:00": "open"}),
    ([{"type": "WeeklyUntilFurtherNoticeServiceHour", "weeklyHours": WORKDAYS},
      {"type": "ExceptionalDateRangeServiceHour", "fromDate": "2026-12-24", "toDate": "2026-12-24",
       "weeklyHours": {"thursday": {"hours": [{"openingStatus": "Closed"}]}}}],
     {"2026-12-24T11:00": "closed", "2026-12-23T11:00": "open"}),
    ([{"type": "ContinuousWeekdaysUntilFurtherNoticeServiceHour", "fromDay": "Friday", "toDay": "Sunday", "fromTime": "18:00",
       "toTime": "22:00", "openingStatus": "Open"}],
     {"2026-11-20T17:00": "closed", "2026-11-21T03:00": "open", "2026-11-22T21:59": "open", "2026-11-22T22:00": "closed"}),
    ([{"type": "ContinuousDateRangeServiceHour", "fromDate": "2026-12-23", "toDate": "2026-12-25", "fromTime": "16:00",
       "toTime": "08:00", "openingStatus": "Open"}],
     {"2026-12-23T15:00": "closed", "2026-12-24T03:00": "open", "2026-12-25T09:00": "closed", "2026-12-26T09:00": "unknown"}),
    ([{"type": "WeeklyUntilFurtherNoticeServiceHour", "weeklyHours": week("monday", status="OpenOnReservation")}],
     {"2026-11-23T10:00": "unknown", "2026-11-23T17:00": "closed"}),
    ([{"type": "ContinuousAlwaysValidServiceHour", "openingStatus": "OpenOnReservation"}], {"2026-11-23T10:00": "unknown"}),
    ([{"type": "ContinuousAlwaysValidServiceHour", "openingStatus": "Closed"}], {"2026-11-23T10:00": "closed"}),
    ([{"type": "WeeklyUntilFurtherNoticeServiceHour", "weeklyHours": week("friday", start="22:00", end="02:00")}],
     {"2026-11-20T23:00": "open", "2026-11-21T01:00": "open", "2026-11-21T03:00": "closed"}),
])
def test_every_type_of_hours(hours, moments):
    notation, _kinds = convert({"hours": hours})
    assert {moment: state(notation, moment) for moment in moments} == moments


@pytest.mark.parametrize("name, day", [
    ("GoodFriday", "2027-03-26"), ("EasterMonday", "2027-03-29"), ("AscensionDay", "2027-05-06"), ("MidsummerEve", "2027-06-25"),
    ("MidsummerDay", "2027-06-26"), ("AllSaintsDay", "2026-10-31"), ("AllSaintsDay", "2027-11-06"), ("IndependenceDay", "2027-12-06"),
    ("NewYearEve", "2026-12-31"), ("Epiphany", "2027-01-06"), ("MayDayEve", "2027-04-30"), ("WhitSunday", "2027-05-16"),
])
def test_holidays_by_name_fall_on_their_days(name, day):
    always = {"type": "ContinuousAlwaysValidServiceHour", "openingStatus": "Open"}
    notation, kinds = convert({"hours": [always], "holidayServiceHours": [{"holidayName": name, "hours": [
        {"start": "10:00", "end": "12:00", "openingStatus": "Open"}]}]})
    assert kinds == []
    assert state(notation, f"{day}T11:00") == "open"
    assert state(notation, f"{day}T13:00") == "closed"


def test_what_version_12_may_add_later_is_a_finding():
    notation, kinds = convert({"hours": [{"type": "LunarServiceHour"}], "holidayServiceHours": [{"holidayName": "Vappu2", "hours": []}]})
    assert notation is None
    assert kinds == ["hours_kind_unknown", "hours_unknown_holiday"]
