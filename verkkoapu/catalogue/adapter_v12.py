"""Records of the PTV Open API version 12 to the internal model.

Version 12 names things anew: `contentId`, texts in `languageVersions`, hours in `serviceHours.hours[]` with a `type`
and `openingStatus`, holidays by name, classes as bare codes, connections as records of their own. Shapes: shared notes
on PTV, and what public clients read (City of Tampere's importer, a PTV adapter for MCP). Fields not known from there
are read under the names of version 11 as well; what is not understood becomes a finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verkkoapu.catalogue.model import (
    OPEN,
    RESERVATION,
    Channel,
    Connection,
    Details,
    HoursEntry,
    Opening,
    Organisation,
    Service,
)
from verkkoapu.catalogue.phones import CHARGES, read_phones
from verkkoapu.catalogue.places import read_addresses
from verkkoapu.catalogue.problems import Problems
from verkkoapu.catalogue.shared import (
    CHANNEL_KINDS,
    Shared,
    area_type_of,
    emails_of,
    languages_of,
    status_of,
    urls_of,
)
from verkkoapu.catalogue.values import (
    WEEKDAYS,
    day,
    identifier,
    items,
    language_of,
    localized,
    mapping,
    minutes,
    sequence,
    text,
    weekday,
)


def read_service(record: Mapping[str, Any], problems: Problems, shared: Shared) -> tuple[Service, list[Connection]]:
    """A service; version 12 gives its connections apart."""
    areas = _areas(record, shared)
    organisation = _organisation(record)
    others = [found for item in sequence(record.get("otherResponsibleOrganizations") or record.get("organizations"))
              if (found := identifier(item) or identifier(mapping(item).get("contentId")))]
    keywords = []
    for version in mapping(record.get("languageVersions")).values():
        keywords += [text(word) for word in sequence(mapping(version).get("keywords"))]
    return Service(
        **_record(record), kind=text(record.get("serviceType")) or "Service",
        organisations=tuple(dict.fromkeys(([organisation] if organisation else []) + others)),
        classes=shared.code_list(record.get("serviceClasses")), groups=shared.code_list(record.get("targetGroups")),
        terms=shared.code_list(record.get("ontologyTerms")), keywords=tuple(word for word in keywords if word),
        languages=_languages(record), area_type=area_type_of(_area_type(record), areas), areas=areas,
        charge=CHARGES.get(text(record.get("chargeType") or record.get("serviceChargeType")).lower(), "unknown"),
    ), []


def read_channel(record: Mapping[str, Any], problems: Problems, shared: Shared) -> tuple[Channel, list[Connection]]:
    """A channel of any type."""
    areas = _areas(record, shared)
    kind = CHANNEL_KINDS.get(text(record.get("serviceChannelType")).lower())
    if kind is None:
        problems.add("channel_kind_unknown", "serviceChannelType", record.get("serviceChannelType"))
    return Channel(
        **_record(record), kind=kind or "other", organisation=_organisation(record),
        details=_details(record, "", problems), languages=_languages(record),
        area_type=area_type_of(_area_type(record), areas), areas=areas,
    ), []


def read_organisation(record: Mapping[str, Any], problems: Problems, shared: Shared) -> Organisation:
    """An organisation."""
    areas = _areas(record, shared)
    parent = identifier(record.get("parentOrganizationContentId"))
    return Organisation(
        **_record(record), kind=text(record.get("organizationType")).lower(),
        business_code=text(record.get("businessCode")) or None, parent=parent,
        details=_details(record, "", problems), area_type=area_type_of(_area_type(record), areas), areas=areas,
    )


def read_connection(record: Mapping[str, Any], problems: Problems) -> Connection | None:
    """A connection of a service and a channel; empty lists are not said here, so that the channel's own holds."""
    service = identifier(record.get("serviceContentId"))
    channel = identifier(record.get("channelContentId") or record.get("serviceChannelContentId"))
    if service is None or channel is None:
        problems.add("no_id", "serviceContentId")
        return None
    details = _details({**mapping(record.get("contactDetails")), **record}, "", problems)
    for name in ("phones", "hours", "addresses", "emails", "urls"):
        setattr(details, name, getattr(details, name) or None)
    return Connection(service, channel, details, _versions(record, "description"))


def read_hours(value: Any, where: str, problems: Problems) -> tuple[HoursEntry, ...]:
    """The entries of `serviceHours`: hours by type, then the holidays by name."""
    value = mapping(value)
    found = []
    for index, item in enumerate(items(value.get("hours"))):
        place = f"{where}.hours[{index}]"
        entry = _entry(item, place, problems)
        if entry is None:
            problems.add("hours_kind_unknown", place, item.get("type"))
        else:
            found.append(entry)
    holidays = value.get("holidayServiceHours")
    listed = items(holidays) or items(mapping(holidays).get("holidays"))
    for index, item in enumerate(listed):
        place = f"{where}.holidayServiceHours[{index}]"
        openings, closed, damaged = _times(item.get("hours"), None, place, problems)
        closed = closed or text(item.get("openingStatus")) == "Closed"
        found.append(HoursEntry("holiday", openings, place, closed=closed and not openings, damaged=damaged,
                                holiday=text(item.get("holidayName") or item.get("holiday"))))
    return tuple(found)


def _entry(item: Mapping[str, Any], where: str, problems: Problems) -> HoursEntry | None:
    kind = text(item.get("type"))
    notes = localized(item.get("additionalInformation")) or localized(item.get("heading"))
    status = text(item.get("openingStatus"))
    dates: dict[str, Any] = {
        "valid_from": day(item.get("fromDate")), "valid_to": day(item.get("toDate")), "for_now": "toDate" not in item}
    if kind == "ContinuousAlwaysValidServiceHour":
        return HoursEntry("weekly", (), where, always_open=status == "Open", closed=status == "Closed",
                          reservation=status == "OpenOnReservation", notes=notes)
    if kind in ("ContinuousWeekdaysUntilFurtherNoticeServiceHour", "ContinuousDateRangeServiceHour"):
        openings, damaged = _span(item, where, problems)
        if kind == "ContinuousWeekdaysUntilFurtherNoticeServiceHour":
            return HoursEntry("continuous", () if status == "Closed" else openings, where, closed=status == "Closed",
                              damaged=damaged, notes=notes)
        if openings:  # between two dates: the days are those of the dates
            openings = tuple(Opening(None, None, o.start, o.end, o.state) for o in openings)
        return HoursEntry("exceptional" if status == "Closed" or not openings else "continuous",
                          () if status == "Closed" else openings, where, closed=status == "Closed", notes=notes,
                          damaged=damaged, **dates)
    weekly = {"WeeklyUntilFurtherNoticeServiceHour": "weekly", "WeeklyDateRangeServiceHour": "weekly",
              "ExceptionalDateRangeServiceHour": "exceptional"}.get(kind)
    if weekly is None:
        return None
    openings, closed, damaged = _week(mapping(item.get("weeklyHours")), where, problems)
    if kind == "WeeklyUntilFurtherNoticeServiceHour":
        dates = {"valid_from": None, "valid_to": None, "for_now": True}
    closed = (closed or status == "Closed") and not openings
    return HoursEntry(weekly, openings, where, closed=closed, damaged=damaged, notes=notes, **dates)


def _span(item: Mapping[str, Any], where: str, problems: Problems) -> tuple[tuple[Opening, ...], bool]:
    start, end = minutes(item.get("fromTime")), minutes(item.get("toTime"))
    first, last = weekday(item.get("fromDay")), weekday(item.get("toDay"))
    dated = text(item.get("type")) == "ContinuousDateRangeServiceHour"
    if start is None or end is None or start == 1440 or (first is None and not dated):
        if text(item.get("openingStatus")) != "Closed":
            problems.add("hours_unreadable", where, dict(item))
        return (), True
    return (Opening(first, last, start, end, _state(item.get("openingStatus"))),), False


def _week(value: Mapping[str, Any], where: str, problems: Problems) -> tuple[tuple[Opening, ...], bool, bool]:
    """Openings of a week's days, whether the week says "closed" and nothing else, and whether a line was damaged."""
    openings: list[Opening] = []
    closed = damaged = False
    days = {text(key).lower(): entry for key, entry in value.items()}
    for number, name in enumerate(WEEKDAYS):
        entry = days.get(name)
        listed = entry if isinstance(entry, list) else mapping(entry).get("hours")
        found, shut, broken = _times(listed, number, f"{where}.weeklyHours.{name}", problems)
        openings += found
        closed, damaged = closed or shut, damaged or broken
    return tuple(openings), closed, damaged


def _times(value: Any, number: int | None, where: str, problems: Problems) -> tuple[tuple[Opening, ...], bool, bool]:
    openings, closed, damaged = [], False, False
    for index, item in enumerate(sequence(value)):
        item = mapping(item)
        if text(item.get("openingStatus")) == "Closed":
            closed = True
            continue
        start, end = minutes(item.get("start") or item.get("from")), minutes(item.get("end") or item.get("to"))
        if start is None or end is None or start == 1440:
            problems.add("hours_unreadable", f"{where}.hours[{index}]", dict(item))
            damaged = True
            continue
        openings.append(Opening(number, None, start, end, _state(item.get("openingStatus"))))
    return tuple(openings), closed, damaged


def _state(value: Any) -> str:
    """Open unless it says otherwise; a status nobody knows is treated as by reservation, that is: not known."""
    return OPEN if text(value) in ("Open", "") else RESERVATION


def _details(record: Mapping[str, Any], where: str, problems: Problems) -> Details:
    phones = record.get("phoneNumbers") or record.get("phones")
    urls = record.get("webPages") or record.get("webPageUrls")
    return Details(
        phones=read_phones(_per_language(phones), "phoneNumbers", problems)
        + read_phones(_per_language(record.get("supportPhoneNumbers")), "supportPhoneNumbers", problems)
        + read_phones(_per_language(record.get("faxNumbers")), "faxNumbers", problems, "fax"),
        hours=read_hours(record.get("serviceHours"), "serviceHours", problems),
        addresses=read_addresses(record.get("addresses"), "addresses", problems),
        emails=emails_of(_flat(record.get("emails") or record.get("emailAddresses") or _versions(record, "email"))),
        urls=urls_of(_flat(urls), _versions(record, "url"), _versions(record, "webPage")),
    )


def _per_language(value: Any) -> Any:
    """A list of numbers, also when the source groups them by language."""
    if not isinstance(value, Mapping):
        return value
    return [{"language": language, **item} for language, listed in value.items() for item in items(listed)]


def _flat(value: Any) -> Any:
    """A v11-like list of {language, value} from a mapping of lists."""
    if not isinstance(value, Mapping) or not any(isinstance(v, list) for v in value.values()):
        return value
    return [{"language": language_of(language), **(item if isinstance(item, Mapping) else {"value": item})}
            for language, listed in value.items() for item in sequence(listed)]


def _record(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": identifier(record.get("contentId") or record.get("id")) or "", "source": "v12",
        "names": _versions(record, "name") or localized(record.get("names") or record.get("name")),
        "other_names": _versions(record, "alternativeName"), "summaries": _versions(record, "summary"),
        "descriptions": _versions(record, "description"), "status": status_of(record.get("publishingStatus")),
        "modified": text(record.get("modified") or record.get("publishedAt") or record.get("modifiedAt")) or None,
    }


def _versions(record: Mapping[str, Any], key: str) -> dict[str, str]:
    return {language_of(language): found for language, version in mapping(record.get("languageVersions")).items()
            if (found := text(mapping(version).get(key)))}


def _organisation(record: Mapping[str, Any]) -> str | None:
    nested = mapping(record.get("organization") or record.get("responsibleOrganization"))
    return identifier(record.get("organizationContentId") or record.get("organizationId")
                      or record.get("responsibleOrganizationContentId") or nested.get("contentId") or nested.get("id"))


def _languages(record: Mapping[str, Any]) -> tuple[str, ...]:
    return languages_of(record.get("serviceLanguages") or record.get("languages"))


def _area_type(record: Mapping[str, Any]) -> Any:
    area = mapping(record.get("area") or record.get("areaInformation"))
    return record.get("areaType") or area.get("areaType") or area.get("type")


def _areas(record: Mapping[str, Any], shared: Shared):
    area = mapping(record.get("area") or record.get("areaInformation"))
    return shared.areas(record.get("areas") or area.get("areas") or record.get("municipalities")
                        or area.get("municipalities"))
