"""The internal model of the catalogue: what both versions of the source are read into.

Field meanings follow the documented shapes of the PTV Open API (v11: `serviceHourType`, `isClosed` and so on as
described in the source code of the service itself, vrk-kpa/ptv-releases, `VmOpenApiServiceHourBase`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

Texts = Mapping[str, str]

#: States of a stretch of time. RESERVATION is open only for those who have booked.
OPEN, UNKNOWN, RESERVATION = "open", "unknown", "reservation"


@dataclass(frozen=True, slots=True)
class Opening:
    """One line of hours, in minutes from midnight; `end` may be 1440. Days are 0 (Monday) to 6, None without a day."""

    day: int | None
    end_day: int | None
    start: int
    end: int
    state: str = OPEN


@dataclass(frozen=True, slots=True)
class HoursEntry:
    """One entry of service hours.

    `kind`: weekly (each named day), continuous (from a day and time to a day and time), exceptional (dates that
    override the week), holiday (a holiday by its name).
    """

    kind: str
    openings: tuple[Opening, ...]
    where: str
    valid_from: date | None = None
    valid_to: date | None = None
    for_now: bool = True
    closed: bool = False
    always_open: bool = False
    reservation: bool = False
    #: A line of this entry could not be read: the days left over are not known to be closed.
    damaged: bool = False
    holiday: str | None = None
    notes: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as it is dialled: E.164, or a Finnish short number. `kind` is phone, sms or fax."""

    number: str
    kind: str
    charge: str
    languages: tuple[str, ...]
    charge_notes: Texts
    notes: Texts
    #: How many entries of the source's list this number stands for.
    mentions: int = 1


@dataclass(frozen=True, slots=True)
class Address:
    """`kind` is visiting or postal; latitude and longitude are degrees (WGS 84) or None."""

    kind: str
    lines: Texts
    postal_code: str | None
    municipality: str | None
    latitude: float | None
    longitude: float | None
    notes: Texts


@dataclass(frozen=True, slots=True)
class Code:
    """A class of a code list: service class, target group, life event or ontology term."""

    code: str
    uri: str
    names: Texts


@dataclass(frozen=True, slots=True)
class Area:
    """`municipalities` are pairs of code and names, as tuples so that equal areas can be shared."""

    kind: str
    code: str | None
    names: Texts
    municipalities: tuple[tuple[str, Texts], ...]


@dataclass(slots=True)
class Details:
    """What a channel and a connection can both say; None means: not said here, the channel's holds."""

    phones: tuple[Phone, ...] | None = None
    hours: tuple[HoursEntry, ...] | None = None
    addresses: tuple[Address, ...] | None = None
    emails: Texts | None = None
    urls: Texts | None = None


@dataclass(slots=True)
class Record:
    """What every record has."""

    id: str
    source: str
    names: Texts
    other_names: Texts
    summaries: Texts
    descriptions: Texts
    status: str
    modified: str | None


@dataclass(slots=True)
class Service(Record):
    kind: str
    organisations: tuple[str, ...]
    classes: tuple[Code, ...]
    groups: tuple[Code, ...]
    terms: tuple[Code, ...]
    keywords: tuple[str, ...]
    languages: tuple[str, ...]
    area_type: str
    areas: tuple[Area, ...]
    charge: str
    organisation_names: Texts = field(default_factory=dict)


@dataclass(slots=True)
class Channel(Record):
    kind: str
    organisation: str | None
    details: Details
    languages: tuple[str, ...]
    area_type: str
    areas: tuple[Area, ...]


@dataclass(slots=True)
class Organisation(Record):
    kind: str
    business_code: str | None
    parent: str | None
    details: Details
    area_type: str
    areas: tuple[Area, ...]


@dataclass(slots=True)
class Connection:
    """A service given through a channel; its details override the channel's."""

    service: str
    channel: str
    details: Details
    notes: Texts

    @property
    def id(self) -> str:
        return f"{self.service}~{self.channel}"


@dataclass(slots=True)
class Catalogue:
    """The whole copy, read."""

    services: dict[str, Service] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    connections: dict[tuple[str, str], Connection] = field(default_factory=dict)
