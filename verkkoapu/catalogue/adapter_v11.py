"""Records of the PTV Open API version 8 to 11 to the internal model.

Shapes: shared notes on PTV, and the service's own source (vrk-kpa/ptv-releases, `VmOpenApi…` classes). Versions up to
7 called the kinds of hours Standard, Special and Exception and the charges Charged and Free; both are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verkkoapu.catalogue.model import Channel, Connection, Details, HoursEntry, Opening, Organisation, Service
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
    day,
    flag,
    identifier,
    items,
    localized,
    mapping,
    minutes,
    names_of,
    sequence,
    text,
    weekday,
)

HOUR_KINDS = {"daysoftheweek": "weekly", "standard": "weekly", "overmidnight": "continuous", "special": "continuous",
              "exceptional": "exceptional", "exception": "exceptional"}


def read_service(record: Mapping[str, Any], problems: Problems, shared: Shared) -> tuple[Service, list[Connection]]:
    """A service and its connections to channels."""
    areas = shared.areas(record.get("areas"))
    organisations = []
    organisation_names: dict[str, str] = {}
    for item in items(record.get("organizations")):
        found = identifier(mapping(item.get("organization")).get("id")) or identifier(item.get("organizationId"))
        if found:
            organisations.append(found)
            name = text(mapping(item.get("organization")).get("name"))
            if name:
                organisation_names.setdefault(found, name)
    main = identifier(record.get("mainResponsibleOrganization"))
    keywords = [text(item.get("value")) for item in items(record.get("keywords"))]
    service = Service(
        **_record(record, "service"), kind=text(record.get("type")) or "Service",
        organisations=tuple(dict.fromkeys(([main] if main else []) + organisations)),
        organisation_names=organisation_names,
        classes=shared.code_list(record.get("serviceClasses")), groups=shared.code_list(record.get("targetGroups")),
        terms=shared.code_list(record.get("ontologyTerms")), keywords=tuple(word for word in keywords if word),
        languages=languages_of(record.get("languages")), area_type=area_type_of(record.get("areaType"), areas),
        areas=areas, charge=CHARGES.get(text(record.get("serviceChargeType")).lower(), "unknown"),
    )
    connections = []
    for index, item in enumerate(items(record.get("serviceChannels"))):
        channel = _reference(item, "serviceChannel", "serviceChannelId")
        if channel:
            connections.append(_connection(service.id, channel, item, f"serviceChannels[{index}]", problems))
    return service, connections


def read_channel(record: Mapping[str, Any], problems: Problems, shared: Shared) -> tuple[Channel, list[Connection]]:
    """A channel and its connections to services."""
    areas = shared.areas(record.get("areas"))
    kind = CHANNEL_KINDS.get(text(record.get("serviceChannelType")).lower())
    if kind is None:
        problems.add("channel_kind_unknown", "serviceChannelType", record.get("serviceChannelType"))
    emails = emails_of(record.get("emails")) or emails_of(record.get("supportEmails"))
    channel = Channel(
        **_record(record, "serviceChannel"), kind=kind or "other", organisation=identifier(record.get("organizationId")),
        details=Details(
            phones=read_phones(record.get("phoneNumbers"), "phoneNumbers", problems)
            + read_phones(record.get("supportPhones"), "supportPhones", problems)
            + read_phones(record.get("faxNumbers"), "faxNumbers", problems, "fax"),
            hours=read_hours(record.get("serviceHours"), "serviceHours", problems),
            addresses=read_addresses(record.get("addresses") or record.get("deliveryAddresses"), "addresses", problems),
            emails=emails, urls=urls_of(record.get("webPages"), record.get("urls"), record.get("webPage"),
                                        record.get("channelUrls")),
        ),
        languages=languages_of(record.get("languages")), area_type=area_type_of(record.get("areaType"), areas), areas=areas,
    )
    connections = []
    for index, item in enumerate(items(record.get("services"))):
        service = _reference(item, "service", "serviceId")
        if service:
            connections.append(_connection(service, channel.id, item, f"services[{index}]", problems))
    return channel, connections


def read_organisation(record: Mapping[str, Any], problems: Problems, shared: Shared) -> Organisation:
    """An organisation."""
    areas = shared.areas(record.get("areas"))
    return Organisation(
        **_record(record, "organization"), kind=text(record.get("organizationType")).lower(),
        business_code=text(record.get("businessCode")) or None, parent=identifier(record.get("parentOrganizationId")),
        details=Details(
            phones=read_phones(record.get("phoneNumbers"), "phoneNumbers", problems), hours=None,
            addresses=read_addresses(record.get("addresses"), "addresses", problems),
            emails=emails_of(record.get("emails") or record.get("emailAddresses")), urls=urls_of(record.get("webPages")),
        ),
        area_type=area_type_of(record.get("areaType"), areas), areas=areas,
    )


def read_hours(value: Any, where: str, problems: Problems) -> tuple[HoursEntry, ...]:
    """All entries of a list of service hours, in the source's order."""
    found = []
    for index, item in enumerate(items(value)):
        place = f"{where}[{index}]"
        kind = HOUR_KINDS.get(text(item.get("serviceHourType")).lower())
        if kind is None:
            problems.add("hours_kind_unknown", place, item.get("serviceHourType"))
            continue
        openings, damaged = _openings(item.get("openingHour"), kind, place, problems)
        found.append(HoursEntry(
            kind=kind, openings=openings, where=place, valid_from=_date(item, "validFrom", place, problems),
            valid_to=_date(item, "validTo", place, problems), for_now=item.get("validForNow") is not False,
            closed=flag(item.get("isClosed")), always_open=flag(item.get("isAlwaysOpen")),
            reservation=flag(item.get("isReservation")), damaged=damaged,
            notes=localized(item.get("additionalInformation")),
        ))
    return tuple(found)


def _openings(value: Any, kind: str, where: str, problems: Problems) -> tuple[tuple[Opening, ...], bool]:
    """The lines of one entry, and whether one of them could not be read."""
    found, damaged = [], False
    for index, item in enumerate(sequence(value)):
        place = f"{where}.openingHour[{index}]"
        item = mapping(item)
        first, last = weekday(item.get("dayFrom")), weekday(item.get("dayTo"))
        start, end = minutes(item.get("from")), minutes(item.get("to"))
        no_day = (first is None and kind == "weekly") or (bool(text(item.get("dayTo"))) and last is None)
        if start is None or end is None or start == 1440 or no_day or (first is None and text(item.get("dayFrom"))):
            problems.add("hours_unreadable", place, dict(item))
            damaged = True
        elif kind == "exceptional":
            found.append(Opening(None, None, start, end))
        else:
            found.append(Opening(first, last, start, end))
    if kind == "continuous" and any(o.day is None for o in found) and not all(o.day is None for o in found):
        return tuple(o for o in found if o.day is not None), True
    return tuple(dict.fromkeys(found)), damaged


def _date(item: Mapping[str, Any], key: str, where: str, problems: Problems):
    found = day(item.get(key))
    if found is None and text(item.get(key)) and not text(item.get(key)).startswith(("0001", "9999")):
        problems.add("hours_date_unreadable", f"{where}.{key}", item.get(key))
    return found


def _record(record: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    names, descriptions = record.get(f"{prefix}Names"), record.get(f"{prefix}Descriptions")
    main, other = localized(names, "Name"), localized(names, "AlternativeName")
    for item in items(record.get("displayNameType")):
        language = text(item.get("language")).lower()
        if text(item.get("type")) == "AlternativeName" and language in other:
            main[language], other[language] = other[language], main.get(language, "")
    return {
        "id": identifier(record.get("id")) or "", "source": "v11", "names": main or localized(names) or names_of(record),
        "other_names": {language: name for language, name in other.items() if name},
        "summaries": localized(descriptions, "Summary") or localized(descriptions, "ShortDescription")
        or localized(descriptions, "GD_Summary"),
        "descriptions": localized(descriptions, "Description") or localized(descriptions, "GD_Description"),
        "status": status_of(record.get("publishingStatus")), "modified": text(record.get("modified")) or None,
    }


def _reference(item: Mapping[str, Any], key: str, plain: str) -> str | None:
    value = item.get(key)
    return identifier(value.get("id")) if isinstance(value, Mapping) else identifier(value) or identifier(item.get(plain))


def _connection(service: str, channel: str, item: Mapping[str, Any], where: str, problems: Problems) -> Connection:
    """A connection; what it leaves empty is not said here, so that the channel's own holds."""
    contact = mapping(item.get("contactDetails"))
    details = Details(
        phones=read_phones(contact.get("phoneNumbers") or contact.get("phones"), f"{where}.contactDetails.phoneNumbers",
                           problems)
        + read_phones(contact.get("faxNumbers"), f"{where}.contactDetails.faxNumbers", problems, "fax") or None,
        hours=read_hours(item.get("serviceHours"), f"{where}.serviceHours", problems) or None,
        addresses=read_addresses(contact.get("addresses"), f"{where}.contactDetails.addresses", problems) or None,
        emails=emails_of(contact.get("emails")) or None, urls=urls_of(contact.get("webPages")) or None,
    )
    return Connection(service, channel, details, localized(item.get("description"), "Description")
                      or localized(item.get("description")))
