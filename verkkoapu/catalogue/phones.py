"""Telephone numbers of the catalogue to the form that is dialled.

Rules: a Finnish service number has no prefix and may begin with 0 (PTV's `isFinnishServiceNumber`); with +358 the
leading 0 is left out, but records hold it all the same. Short numbers: EU decision 2007/116/EC reserves 116xxx;
the national ones are those that libphonenumber knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import phonenumbers

from verkkoapu.catalogue.model import Phone
from verkkoapu.catalogue.problems import Problems
from verkkoapu.catalogue.values import items, language_of, localized, text

KINDS = {"phone": "phone", "": "phone", "telephone": "phone", "sms": "sms", "fax": "fax"}
CHARGES = {
    "chargeable": "local", "charged": "local", "freeofcharge": "free", "free": "free", "other": "special",
}


def read_phones(value: Any, where: str, problems: Problems, fallback_kind: str = "phone") -> tuple[Phone, ...]:
    """All numbers of one list, each number once with the languages it is given for; invalid ones are findings."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for index, item in enumerate(items(value)):
        field = f"{where}[{index}].number"
        number = read_number(item, field, problems)
        if number is None:
            continue
        kind = KINDS.get(text(item.get("type")).lower(), "phone") if item.get("type") else fallback_kind
        known = found.setdefault(
            (number, kind), {"languages": [], "charge": "unknown", "charge_notes": {}, "notes": {}, "mentions": 0})
        known["mentions"] += 1
        languages = _languages(item)
        known["languages"].extend(languages)
        charge = charge_of(item, number)
        if known["charge"] == "unknown":
            known["charge"] = charge
        for key, source in (("charge_notes", "chargeDescription"), ("notes", "additionalInformation")):
            for language, words in _texts(item, source, languages).items():
                known[key].setdefault(language, words)
    return tuple(
        Phone(number, kind, known["charge"], tuple(dict.fromkeys(known["languages"])), known["charge_notes"],
              known["notes"], known["mentions"])
        for (number, kind), known in found.items()
    )


def read_number(item: Mapping[str, Any], field: str, problems: Problems) -> str | None:
    """The number of one entry in E.164, or a short number; None with a finding when there is none or it is wrong."""
    number = text(item.get("number"))
    if not number:
        problems.add("phone_empty", field)
        return None
    prefix = text(item.get("prefixNumber"))
    if isinstance(item.get("prefixNumber"), Mapping):
        prefix = text(item["prefixNumber"].get("code"))
    found = dialled(number, prefix)
    if found is None:
        problems.add("phone_invalid", field, f"{prefix} {number}".strip())
    return found


def dialled(number: str, prefix: str = "") -> str | None:
    """The number in E.164, or a Finnish short number as it is; None when it is not a valid number."""
    digits = "".join(character for character in number if character.isdigit())
    # Digits only in the reason for trust: "116 117", but not a sentence with figures in it.
    plain = all(character.isdigit() or character in " \u00a0-–()/." for character in number)
    if plain and prefix in ("", "+358", "358", "00358") and is_short(digits):
        return digits
    if plain and len(digits) < 6 and not prefix:
        return None
    for candidate in _candidates(number, digits, prefix, plain):
        try:
            parsed = phonenumbers.parse(candidate, "FI")
        except phonenumbers.NumberParseException:
            continue
        if parsed.extension is None and phonenumbers.is_valid_number(parsed):
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return None


def is_short(digits: str) -> bool:
    """Whether these digits are a short number that works in Finland."""
    if len(digits) == 6 and digits.startswith("116"):
        return True
    if not 3 <= len(digits) <= 6:
        return False
    try:
        return phonenumbers.is_valid_short_number_for_region(phonenumbers.parse(digits, "FI"), "FI")
    except phonenumbers.NumberParseException:  # 99999 begins like a call abroad
        return False


def charge_of(item: Mapping[str, Any], number: str) -> str:
    """free, local, special or unknown; the number's own range decides where it leaves no choice."""
    if number.startswith("+358"):
        kind = phonenumbers.number_type(phonenumbers.parse(number))
        if kind == phonenumbers.PhoneNumberType.PREMIUM_RATE:
            return "special"
        if kind == phonenumbers.PhoneNumberType.TOLL_FREE:
            return "free"
    value = item.get("serviceChargeType") or item.get("chargeType")
    return CHARGES.get(text(value).lower().replace(" ", ""), "unknown")


def _candidates(number: str, digits: str, prefix: str, plain: bool) -> list[str]:
    if not plain:
        # "+358 40 123 4567" in the number's own field; letters and two numbers in one field stay invalid.
        return [number] if number.lstrip().startswith("+") and not any(c.isalpha() for c in number) else []
    if prefix.startswith("+") and len(prefix) > 1:
        own = prefix.lstrip("+")
        return [f"{prefix}{digits}", f"+{digits}" if digits.startswith(own) else "", digits if prefix == "+358" else ""]
    return [digits, f"+{digits}" if digits.startswith("358") else ""]


def _languages(item: Mapping[str, Any]) -> list[str]:
    versions = item.get("languageVersions")
    if isinstance(versions, Mapping):
        return [language_of(language) for language in versions]
    return [language_of(item["language"])] if text(item.get("language")) else []


def _texts(item: Mapping[str, Any], key: str, languages: list[str]) -> dict[str, str]:
    versions = item.get("languageVersions")
    if isinstance(versions, Mapping):
        return localized(versions, key=key)
    value = item.get(key)
    if isinstance(value, str):
        return {languages[0] if languages else "fi": text(value)} if text(value) else {}
    return localized(value)
