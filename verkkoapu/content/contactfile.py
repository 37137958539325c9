"""Contact points: numbers, places and hours, each once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import phonenumbers

from verkkoapu.content.model import CHARGES, CONTACT_KINDS, Contact
from verkkoapu.content.yamlfile import list_item_lines, parse_yaml
from verkkoapu.findings import Finding
from verkkoapu.hours import parse_hours


def parse_contacts(text: str, file: str, findings: list[Finding]) -> Iterator[Contact]:
    """Read one contacts file; a contact with a mistake is left out and becomes a finding."""
    data, problems = parse_yaml(text, file)
    findings.extend(problems)
    lines = list_item_lines(text)
    if data is not None and not isinstance(data, list):
        findings.append(Finding(file, 1, "error", "The file is not a list of contacts.",
                                "Begin each contact with '- id: name-in-small-letters'."))
        return
    for item in data or []:
        if not isinstance(item, Mapping) or not item.get("id"):
            findings.append(Finding(file, 1, "error", "A contact needs an id.", "Write '- id: name-in-small-letters'."))
            continue
        line = lines.get(item["id"], 1)
        mistakes = list(_mistakes(item, file, line))
        findings.extend(mistakes)
        if not any(finding.severity == "error" for finding in mistakes):
            yield _contact(item, file, line)


def is_valid_phone(phone: str) -> bool:
    """Whether a number is a real Finnish number in E.164, or one of Finland's short numbers."""
    if not phone.startswith("+"):
        short = phonenumbers.parse(phone, "FI")
        # 116 006 and 116 111 are European short numbers; the library's Finnish list has them as possible ones.
        return phonenumbers.is_possible_short_number_for_region(short, "FI")
    return phonenumbers.is_valid_number(phonenumbers.parse(phone))


def phone_text(phone: str) -> str:
    """The number as people in Finland read it: 029 151 2000, or the short number as it is."""
    if not phone.startswith("+"):
        return phone
    national = re.fullmatch(r"\+358(29)(\d{7})", phone)
    if national:  # the library writes 029 1512000; the county and the state write their numbers in three groups
        digits = "0" + "".join(national.groups())
        return f"{digits[:3]} {digits[3:6]} {digits[6:]}"
    parsed = phonenumbers.parse(phone)
    form = phonenumbers.PhoneNumberFormat.NATIONAL if parsed.country_code == 358 else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


def _mistakes(item: Mapping[str, Any], file: str, line: int) -> Iterator[Finding]:
    name = item["id"]
    if not isinstance(item.get("names"), Mapping) or not item["names"]:
        yield Finding(file, line, "error", f"'{name}' has no names.", "Add names: {fi: …, sv: …, en: …}.")
    if item.get("kind") not in CONTACT_KINDS:
        yield Finding(file, line, "error", f"'{name}' has the kind '{item.get('kind')}'.", "Use one of " + ", ".join(CONTACT_KINDS) + ".")
    if item.get("charge", "unknown") not in CHARGES:
        yield Finding(file, line, "error", f"'{name}' has the charge '{item.get('charge')}'.", "Use one of " + ", ".join(CHARGES) + ".")
    phone = item.get("phone")
    if phone is not None and not isinstance(phone, str):
        yield Finding(file, line, "error", f"The number of '{name}' is not in quotes.", f'Write phone: "{phone}".')
    elif phone is not None:
        try:
            valid = is_valid_phone(phone)
        except phonenumbers.NumberParseException:
            valid = False
        if not valid:
            yield Finding(file, line, "error", f"'{phone}' of '{name}' is not a valid number.",
                          'Write it as "+358291512000", or a short number such as "116117".')
    if item.get("hours") is not None:
        try:
            parse_hours(str(item["hours"]))
        except ValueError as exc:
            yield Finding(file, line, "error", f"The hours of '{name}' cannot be read: {str(exc).splitlines()[0]}",
                          'Write them as in "Mo-Fr 08:00-16:00; PH off", or null when they are not known.')
    if item.get("confidence") not in ("high", "medium"):
        yield Finding(file, line, "error", f"'{name}' rests on a fact of {item.get('confidence')} confidence.",
                      "Only facts of high or medium confidence may be shown: check it, or set the field to null and add a gap.")


def _contact(item: Mapping[str, Any], file: str, line: int) -> Contact:
    url = item.get("url")
    urls = dict(url) if isinstance(url, Mapping) else {}
    return Contact(
        id=item["id"], kind=item["kind"], names=dict(item["names"]), phone=item.get("phone"),
        charge=item.get("charge", "unknown"), languages=tuple(item.get("languages") or ()), hours=item.get("hours"),
        hours_note=dict(item.get("hours_note") or {}), municipalities=tuple(item.get("municipalities") or ()),
        whom=dict(item.get("for") or {}), address=item.get("address"),
        url=next(iter(urls.values()), None) if urls else url, urls=urls, confidence=item["confidence"],
        sources=tuple(item.get("sources") or ()), gaps=tuple(item.get("gaps") or ()), file=file, line=line,
        checked_on=item.get("checked_on"),
    )
