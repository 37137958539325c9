"""What both adapters do alike: codes, areas and the sharing of equal values, which keeps a big copy small in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verkkoapu.catalogue.model import Area, Code
from verkkoapu.catalogue.values import items, localized, mapping, names_of, text

STATUSES = {"published": "published", "draft": "draft", "modified": "draft", "deleted": "deleted",
            "archived": "deleted", "removed": "deleted", "oldpublished": "deleted", "withdrawn": "deleted"}
AREA_TYPES = {"nationwide": "nationwide", "wholecountry": "nationwide",
              "nationwideexceptalandislands": "nationwide", "wholecountryexceptalandislands": "nationwide",
              "limitedtype": "limited", "areatype": "limited", "limited": "limited"}
CHANNEL_KINDS = {"echannel": "online", "eservice": "online", "webpage": "page", "phone": "phone",
                 "telephoneservice": "phone", "servicelocation": "place", "printableform": "form"}


class Shared:
    """Equal codes, areas and municipalities are made once for the whole catalogue."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], Code] = {}
        self.municipalities: dict[str, tuple[str, Mapping[str, str]]] = {}
        #: Names by code or address, for a version that gives codes without names.
        self.code_names: dict[str, Mapping[str, str]] = {}

    def code(self, value: Any) -> Code | None:
        """A class from an object or from a bare code or address."""
        if isinstance(value, str):
            value = {"uri": value} if "://" in value else {"code": value}
        if not isinstance(value, Mapping):
            return None
        code, uri = text(value.get("code")) or text(value.get("contentId")), text(value.get("uri"))
        code = code or uri.rsplit("/", 1)[-1]
        if not code:
            return None
        known = self.codes.get((code, uri))
        if known is None or not known.names:
            names = names_of(value) or self.code_names.get(code) or self.code_names.get(uri) or {}
            known = self.codes[code, uri] = Code(code, uri, names)
        return known

    def code_list(self, value: Any) -> tuple[Code, ...]:
        found = [self.code(item) for item in value] if isinstance(value, list) else []
        return _unique(found)

    def municipality(self, value: Any) -> tuple[str, Mapping[str, str]] | None:
        item = mapping(value)
        code = text(value) if isinstance(value, str) else text(item.get("code"))
        if not code:
            return None
        code = code.zfill(3) if code.isdigit() else code
        known = self.municipalities.get(code)
        if known is None or not known[1]:
            names = names_of(item) or self.code_names.get(f"municipality:{code}") or {}
            known = self.municipalities[code] = (code, names)
        return known

    def areas(self, value: Any) -> tuple[Area, ...]:
        """Areas of either version: objects with municipalities, or a plain list of municipality codes."""
        found = []
        if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            value = [{"type": "Municipality", "municipalities": value}]
        for item in items(value):
            listed = item.get("municipalities")
            municipalities = [self.municipality(m) for m in listed] if isinstance(listed, list) else []
            found.append(Area(text(item.get("type")) or "Municipality", text(item.get("code")) or None,
                              names_of(item), tuple(m for m in municipalities if m is not None)))
        return tuple(found)


def _unique(found: list[Code | None]) -> tuple[Code, ...]:
    return tuple({code.code: code for code in found if code is not None}.values())


def status_of(value: Any) -> str:
    """published, draft or deleted; a record without a status comes from a list of published ones."""
    return STATUSES.get(text(value).lower(), "published" if not text(value) else "draft")


def area_type_of(value: Any, areas: tuple[Area, ...]) -> str:
    return AREA_TYPES.get(text(value).lower(), "limited" if areas else "unknown")


def emails_of(value: Any) -> dict[str, str]:
    return {language: mail for language, mail in localized(value).items() if "@" in mail}


def urls_of(*values: Any) -> dict[str, str]:
    """The first web address of each language."""
    found: dict[str, str] = {}
    for value in values:
        for texts in (localized(value, key="url"), localized(value)):
            for language, address in texts.items():
                if address.startswith(("http://", "https://")):
                    found.setdefault(language, address)
    return found


def languages_of(value: Any) -> tuple[str, ...]:
    """The languages served."""
    found = [text(item).lower() for item in value] if isinstance(value, list) else []
    return tuple(dict.fromkeys(language for language in found if 2 <= len(language) <= 7))
