"""The wellbeing service tray: associations' services as a list to browse and search.

`build` makes var/catalogue/ngo.json of the copy; `search` reads that file alone, so that the bot and the help pages
need neither the copy nor the network. Kinds and their words are data: kinds.yaml.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from verkkoapu.catalogue.convert import Entry, area_codes
from verkkoapu.catalogue.match import words_of
from verkkoapu.catalogue.model import Catalogue, Organisation, Service
from verkkoapu.catalogue.store import write_json
from verkkoapu.catalogue.texts import words
from verkkoapu.settings import load_settings

FILE = "ngo.json"
OTHER = "other"


@lru_cache(maxsize=1)
def kinds() -> tuple[dict[str, Any], ...]:
    """The kinds of services, in the order in which they are shown."""
    data = yaml.safe_load((Path(__file__).parent / "kinds.yaml").read_text(encoding="utf-8"))
    return tuple(data["kinds"])


def is_association(organisation: Organisation | None, name: str = "") -> bool:
    """Whether an organisation is an association: by PTV's type, or by its name when its record is not in the copy."""
    if organisation is not None and organisation.kind:
        return organisation.kind in words()["association_types"]
    names = [*organisation.names.values()] if organisation is not None else [name]
    return any(f" {found.lower().strip()}".endswith(tuple(words()["association_endings"])) for found in names)


def kinds_of(service: Service) -> list[str]:
    """Every kind that the service's classes, terms, names and keywords tell."""
    said = [name for codes in (service.classes, service.terms, service.groups) for code in codes for name in code.names.values()]
    said += [*service.names.values(), *service.keywords]
    text = " " + " | ".join(said).lower()
    found = [kind["id"] for kind in kinds() if any(f" {word}" in text for word in kind["words"])]
    return found or [OTHER]


def build(catalogue: Catalogue, entries: Iterable[Entry], folder: Path, now: datetime) -> int:
    """Write ngo.json; returns how many services it has."""
    contacts: dict[str, list[Entry]] = {}
    for entry in entries:
        for identifier in entry.services:
            contacts.setdefault(identifier, []).append(entry)
    listed = []
    municipalities: dict[str, Mapping[str, str]] = {}
    for service in catalogue.services.values():
        organisation = next((o for o in service.organisations if _association(o, catalogue, service)), None)
        if service.status != "published" or organisation is None:
            continue
        for area in service.areas:
            municipalities.update({code: dict(names) for code, names in area.municipalities})
        listed.append(_item(service, organisation, catalogue, contacts.get(service.id, [])))
    listed.sort(key=lambda item: (item["names"].get("fi") or next(iter(item["names"].values()), "")).lower())
    write_json(folder / FILE, {"made": now.isoformat(timespec="seconds"), "municipalities": municipalities, "services": listed})
    return len(listed)


def search(municipality: str | None = None, kind: str | None = None, text: str | None = None, language: str = "fi",
           *, path: Path | None = None) -> list[dict[str, Any]]:
    """Associations' services, those of the municipality itself before nationwide ones.

    `municipality` is a code (444), a name in any language or our id (lohja); `kind` an id of kinds.yaml; every word
    of `text` must begin a word of the service. Nothing is found when there is no tray yet.
    """
    path = path or load_settings().var_dir / "catalogue" / FILE
    try:
        tray = _tray(str(path), path.stat().st_mtime_ns)
    except OSError:
        return []
    code = _code(tray, municipality) if municipality else None
    if municipality and code is None:
        code = ""  # a municipality that no service names: only nationwide services remain
    wanted = [word.lower() for word in (text or "").split()]
    found = []
    for item, said in zip(tray["services"], tray["words"], strict=True):
        near = code is None or code in item["municipalities"]
        if not near and not item["nationwide"]:
            continue
        if kind is not None and kind not in item["kinds"]:
            continue
        if all(any(word.startswith(part) for word in said) for part in wanted):
            found.append((not near, item))
    found.sort(key=lambda pair: pair[0])
    return [_shown(item, language) for _far, item in found]


def kind_choices(language: str = "fi", *, path: Path | None = None) -> list[dict[str, Any]]:
    """The kinds that have services now, with their names and counts, for buttons."""
    listed = search(language=language, path=path)
    counts = {kind["id"]: sum(kind["id"] in item["kinds"] for item in listed) for kind in kinds()}
    return [{"id": kind["id"], "name": _in(kind["names"], language), "count": counts[kind["id"]]}
            for kind in kinds() if counts[kind["id"]]]


@lru_cache(maxsize=2)
def _tray(path: str, _changed: int) -> dict[str, Any]:
    tray = json.loads(Path(path).read_text(encoding="utf-8"))
    tray["words"] = [
        words_of(*item["names"].values(), *item["summaries"].values(), *item["organisation"].values(), *item["keywords"])
        for item in tray["services"]
    ]
    return tray


def _association(organisation: str, catalogue: Catalogue, service: Service) -> bool:
    return is_association(catalogue.organisations.get(organisation), service.organisation_names.get(organisation, ""))


def _item(service: Service, organisation: str, catalogue: Catalogue, entries: list[Entry]) -> dict[str, Any]:
    record = catalogue.organisations.get(organisation)
    name = dict(record.names) if record else {"fi": service.organisation_names.get(organisation, "")}
    return {
        "id": service.id, "names": dict(service.names), "summaries": dict(service.summaries), "organisation": name,
        "kinds": kinds_of(service), "classes": [code.code for code in service.classes],
        "groups": [code.code for code in service.groups], "keywords": list(service.keywords),
        "municipalities": sorted(area_codes(service.areas)), "nationwide": service.area_type == "nationwide",
        "languages": list(service.languages), "charge": service.charge,
        "contacts": [_contact(entry) for entry in entries if entry.status == "published"][:5],
        "modified": service.modified,
    }


def _contact(entry: Entry) -> dict[str, Any]:
    visiting = entry.visiting
    phone = next((p for p in entry.phones if p.kind == "phone"), None)
    return {
        "names": dict(entry.names), "kind": entry.our_kind, "phone": phone.number if phone else None,
        "charge": phone.charge if phone else None, "hours": entry.hours, "emails": dict(entry.emails),
        "urls": dict(entry.urls), "address": dict(visiting.lines) if visiting else None,
        "coordinates": [visiting.latitude, visiting.longitude] if visiting and visiting.latitude is not None else None,
    }


def _shown(item: Mapping[str, Any], language: str) -> dict[str, Any]:
    """One service in one language; texts fall back to Finnish, then to any."""
    return {
        "id": item["id"], "name": _in(item["names"], language), "summary": _in(item["summaries"], language),
        "organisation": _in(item["organisation"], language), "kinds": item["kinds"],
        "municipalities": item["municipalities"], "nationwide": item["nationwide"], "languages": item["languages"],
        "charge": item["charge"],
        "contacts": [{**contact, "name": _in(contact["names"], language), "email": _in(contact["emails"], language) or None,
                      "url": _in(contact["urls"], language) or None, "address": _in(contact["address"] or {}, language) or None}
                     for contact in item["contacts"]],
    }


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get("fi") or next(iter(texts.values()), "")


def _code(tray: Mapping[str, Any], municipality: str) -> str | None:
    wanted = municipality.strip().lower()
    for code, names in tray["municipalities"].items():
        if wanted == code or (wanted.isdigit() and wanted.zfill(3) == code):
            return code
        if wanted in {name.lower() for name in names.values()}:
            return code
    return None
