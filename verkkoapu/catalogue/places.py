"""Addresses, and coordinates to degrees.

`latitude` and `longitude` of the source are northing and easting in metres of ETRS-TM35FIN, EPSG:3067 (JHS 197);
pyproj turns them into degrees. The box is Finland's outermost points (National Land Survey) with a little room.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from verkkoapu.catalogue.model import Address
from verkkoapu.catalogue.problems import Problems
from verkkoapu.catalogue.values import items, localized, mapping, names_of, text

#: South, west, north, east in degrees.
FINLAND = (59.45, 19.05, 70.12, 31.61)


@lru_cache(maxsize=1)
def _transformer():
    from pyproj import Transformer  # heavy: loaded when the first address is read

    return Transformer.from_crs(3067, 4326, always_xy=True)


def inside_finland(latitude: float, longitude: float) -> bool:
    """Whether the point lies in Finland's box."""
    south, west, north, east = FINLAND
    return south <= latitude <= north and west <= longitude <= east


def degrees(northing: Any, easting: Any, where: str, problems: Problems) -> tuple[float, float] | None:
    """Latitude and longitude in degrees; None without a value, or with a finding when it is not in Finland."""
    if not text(northing) and not text(easting):
        return None
    try:
        first, second = (float(text(value).replace(",", ".").replace(" ", "")) for value in (northing, easting))
    except ValueError:
        problems.add("coordinates_unreadable", where, f"{northing} {easting}")
        return None
    if inside_finland(first, second):
        return round(first, 6), round(second, 6)  # already degrees
    if not (6_500_000 < first < 7_900_000 and 0 < second < 900_000):
        problems.add("coordinates_outside", where, f"{northing} {easting}")
        return None
    longitude, latitude = _transformer().transform(second, first)
    if not inside_finland(latitude, longitude):
        problems.add("coordinates_outside", where, f"{northing} {easting}")
        return None
    return round(latitude, 6), round(longitude, 6)


def read_addresses(value: Any, where: str, problems: Problems) -> tuple[Address, ...]:
    """All addresses of one list; visiting addresses first."""
    found = [_address(item, f"{where}[{index}]", problems) for index, item in enumerate(items(value))]
    return tuple(sorted((address for address in found if address is not None), key=lambda a: a.kind != "visiting"))


def _address(item: Mapping[str, Any], where: str, problems: Problems) -> Address | None:
    kind = "postal" if text(item.get("type")).lower() == "postal" else "visiting"
    street = mapping(item.get("streetAddress")) or mapping(item.get("otherAddress"))
    box = mapping(item.get("postOfficeBoxAddress"))
    inner = street or box or item
    lines = _street_lines(inner) or _box_lines(box) or localized(item.get("locationAbroad"))
    lines = {language: _with_post_office(line, inner, language) for language, line in lines.items()}
    point = degrees(*_coordinates(street or item), f"{where}.coordinates", problems)
    notes = localized(inner.get("additionalInformation")) or localized(item.get("additionalInformation"))
    municipality = inner.get("municipality")
    code = text(municipality.get("code")) if isinstance(municipality, Mapping) else text(municipality)
    code = code or text(inner.get("municipalityCode"))
    postal_code = text(inner.get("postalCode")) or None
    if not lines and point is None and not postal_code:
        return None
    return Address(kind, lines, postal_code, code.zfill(3) if code.isdigit() else code or None,
                   point[0] if point else None, point[1] if point else None, notes)


def _street_lines(inner: Mapping[str, Any]) -> dict[str, str]:
    street = inner.get("street") or inner.get("streetName") or inner.get("streetAddress")
    number = text(inner.get("streetNumber"))
    names = localized(street) if not isinstance(street, Mapping) or "languageVersions" not in street else names_of(street)
    return {language: f"{name} {number}".strip() for language, name in names.items()}


def _box_lines(box: Mapping[str, Any]) -> dict[str, str]:
    return localized(box.get("postOfficeBox"))


def _with_post_office(line: str, inner: Mapping[str, Any], language: str) -> str:
    offices = localized(inner.get("postOffice"))
    office = offices.get(language) or offices.get("fi") or next(iter(offices.values()), "")
    # The post office comes in capitals: VAASA, but an address is read as Vaasa.
    office = office.title() if office.isupper() else office
    rest = " ".join(part for part in (text(inner.get("postalCode")), office) if part)
    return f"{line}, {rest}" if rest else line


def _coordinates(inner: Mapping[str, Any]) -> tuple[Any, Any]:
    if inner.get("latitude") is not None or inner.get("longitude") is not None:
        return inner.get("latitude"), inner.get("longitude")
    nested = mapping(inner.get("coordinates")) or mapping(inner.get("coordinate"))
    nested = mapping(nested.get("epsg3067")) or nested
    for north, east in (("latitude", "longitude"), ("northing", "easting"), ("n", "e")):
        if nested.get(north) is not None:
            return nested.get(north), nested.get(east)
    return None, None


def municipality_names(value: Any) -> dict[str, str]:
    """The names of a municipality object."""
    return names_of(mapping(value))
