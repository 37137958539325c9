"""The catalogue as contacts in our own terms: one for each channel, connection that differs, and organisation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from verkkoapu.catalogue.model import Address, Area, Catalogue, Channel, Code, Details, HoursEntry, Phone, Service, Texts
from verkkoapu.catalogue.notation import hours_notation, week_notation
from verkkoapu.catalogue.problems import Problems

#: What our own contact kinds are called (verkkoapu.content.model.CONTACT_KINDS).
OUR_KINDS = {"phone": "phone", "place": "place", "online": "online", "page": "online", "form": "online",
             "organisation": "place", "other": "online"}


@dataclass(slots=True)
class Entry:
    """One contact of the catalogue. `hours` is opening_hours notation, None when not known."""

    id: str
    kind: str
    names: Texts
    summaries: Texts
    phones: tuple[Phone, ...]
    hours: str | None
    hour_entries: tuple[HoursEntry, ...]
    addresses: tuple[Address, ...]
    emails: Texts
    urls: Texts
    languages: tuple[str, ...]
    area_type: str
    areas: tuple[Area, ...]
    classes: tuple[Code, ...]
    groups: tuple[Code, ...]
    services: tuple[str, ...]
    service_names: tuple[Texts, ...]
    organisation: str | None
    status: str
    modified: str | None
    #: The opening_hours notation of each weekly entry by itself, in the source's order.
    weeks: tuple[tuple[str, str | None], ...] = ()
    by_reservation: bool = False

    @property
    def our_kind(self) -> str:
        return OUR_KINDS.get(self.kind, "online")

    @property
    def visiting(self) -> Address | None:
        """The address to go to, when there is one."""
        return next((address for address in self.addresses if address.kind == "visiting"), None)

    def hours_from(self, today: date) -> str | None:
        """The hours without periods and exceptional dates that are over."""
        return hours_notation(self.hour_entries, Problems(), today)

    def municipality_codes(self) -> set[str]:
        """The municipalities of the place, or else of the area served."""
        visiting = self.visiting
        if visiting and visiting.municipality:
            return {visiting.municipality}
        return area_codes(self.areas)


def area_codes(areas: Iterable[Area]) -> set[str]:
    """The codes of all municipalities in these areas."""
    return {code for area in areas for code, _names in area.municipalities}


def entries(catalogue: Catalogue, problems: Problems) -> Iterator[Entry]:
    """Every contact of the catalogue; what its hours do not say clearly is noted in `problems`."""
    services_of: dict[str, list[Service]] = {}
    for service_id, channel_id in catalogue.connections:
        service = catalogue.services.get(service_id)
        if service is not None:
            services_of.setdefault(channel_id, []).append(service)
    for channel in catalogue.channels.values():
        problems.record = channel.id
        yield _entry(channel, channel.details, channel.id, services_of.get(channel.id, []), problems)
    for connection in catalogue.connections.values():
        if not any(value is not None for value in asdict_shallow(connection.details).values()):
            continue
        channel_or_none = catalogue.channels.get(connection.channel)
        service = catalogue.services.get(connection.service)
        problems.record = connection.id
        details = merged(connection.details, channel_or_none.details if channel_or_none else Details())
        base = channel_or_none or _unseen_channel(connection.channel, service)
        yield _entry(base, details, connection.id, [service] if service else [], problems, own=connection.details)
    for organisation in catalogue.organisations.values():
        problems.record = organisation.id
        yield Entry(
            organisation.id, "organisation", organisation.names, organisation.summaries, organisation.details.phones or (),
            None, (), organisation.details.addresses or (), organisation.details.emails or {}, organisation.details.urls or {},
            (), organisation.area_type, organisation.areas, (), (), (), (), organisation.id, organisation.status,
            organisation.modified,
        )


def merged(own: Details, channels: Details) -> Details:
    """What the connection says, and the channel's where it says nothing."""
    return Details(**{name: value if value is not None else getattr(channels, name)
                      for name, value in asdict_shallow(own).items()})


def asdict_shallow(details: Details) -> dict[str, Any]:
    """The fields of details, without copying what is in them."""
    return {name: getattr(details, name) for name in ("phones", "hours", "addresses", "emails", "urls")}


def is_weekly(entry: HoursEntry) -> bool:
    """Whether an entry says how every week is: hours by day, and stretches from one weekday to another."""
    return entry.kind == "weekly" or (entry.kind == "continuous" and any(o.day is not None for o in entry.openings))


def _unseen_channel(channel: str, service: Service | None) -> Channel:
    return Channel(id=channel, source="", names=service.names if service else {}, other_names={}, summaries={},
                   descriptions={}, status="published", modified=None, kind="other", organisation=None,
                   details=Details(), languages=(), area_type="unknown", areas=())


def _entry(channel: Channel, details: Details, identifier: str, services: list[Service], problems: Problems,
           own: Details | None = None) -> Entry:
    hour_entries = details.hours or ()
    # A connection that says nothing of hours has the channel's: those were already looked at there.
    noted = problems if own is None or own.hours is not None else Problems()
    quiet = Problems()
    weeks = tuple((entry.where, week_notation(entry, quiet)) for entry in hour_entries if is_weekly(entry))
    return Entry(
        identifier, channel.kind, channel.names, channel.summaries, details.phones or (),
        hours_notation(hour_entries, noted), hour_entries, details.addresses or (), details.emails or {},
        details.urls or {}, channel.languages, channel.area_type, channel.areas,
        _unique(code for service in services for code in service.classes),
        _unique(code for service in services for code in service.groups),
        tuple(dict.fromkeys(service.id for service in services)), tuple(service.names for service in services),
        channel.organisation or next((o for service in services for o in service.organisations), None),
        channel.status, channel.modified, weeks, any(entry.reservation for entry in hour_entries),
    )


def _unique(codes: Iterable[Code]) -> tuple[Code, ...]:
    return tuple({code.code: code for code in codes}.values())


def exported(entry: Entry) -> dict[str, Any]:
    """One contact as plain JSON for `catalogue export`."""
    visiting = entry.visiting
    hours_sets = []
    for item in entry.hour_entries:
        own = dict(entry.weeks).get(item.where)
        hours_sets.append({
            "where": item.where, "kind": item.kind, "week": own, "valid_from": _date(item.valid_from),
            "valid_to": _date(item.valid_to), "valid_for_now": item.for_now, "closed": item.closed,
            "by_reservation": item.reservation, "notes": dict(item.notes),
        })
    return {
        "id": entry.id, "kind": entry.our_kind, "source_kind": entry.kind, "status": entry.status,
        "names": dict(entry.names), "summaries": dict(entry.summaries),
        "phones": [_phone(phone) for phone in entry.phones],
        "hours": entry.hours, "hours_sets": hours_sets, "by_reservation": entry.by_reservation,
        "coordinates": [visiting.latitude, visiting.longitude] if visiting and visiting.latitude is not None else None,
        "address": dict(visiting.lines) if visiting else None,
        "addresses": [{"kind": a.kind, "lines": dict(a.lines), "municipality": a.municipality, "notes": dict(a.notes),
                       "coordinates": [a.latitude, a.longitude] if a.latitude is not None else None}
                      for a in entry.addresses],
        "emails": dict(entry.emails), "urls": dict(entry.urls), "languages": list(entry.languages),
        "area_type": entry.area_type,
        "areas": [{"kind": area.kind, "code": area.code, "names": dict(area.names),
                   "municipalities": [{"code": code, "names": dict(names)} for code, names in area.municipalities]}
                  for area in entry.areas],
        "service_classes": [asdict(code) for code in entry.classes], "target_groups": [asdict(code) for code in entry.groups],
        "services": list(entry.services), "organisation": entry.organisation, "modified": entry.modified,
    }


def exported_service(service: Service) -> dict[str, Any]:
    """One service as plain JSON for `catalogue export`."""
    return {
        "id": service.id, "status": service.status, "names": dict(service.names), "summaries": dict(service.summaries),
        "descriptions": dict(service.descriptions), "languages": list(service.languages), "charge": service.charge,
        "area_type": service.area_type, "municipalities": sorted(area_codes(service.areas)),
        "service_classes": [asdict(code) for code in service.classes],
        "target_groups": [asdict(code) for code in service.groups], "organisations": list(service.organisations),
        "modified": service.modified,
    }


def _phone(phone: Phone) -> dict[str, Any]:
    return {"number": phone.number, "kind": phone.kind, "charge": phone.charge, "languages": list(phone.languages),
            "charge_notes": dict(phone.charge_notes), "notes": dict(phone.notes)}


def _date(value: date | None) -> str | None:
    return value.isoformat() if value else None
