"""Personal data is masked before anything else sees a message.

Masked: Finnish personal identity codes, phone numbers, e-mail addresses, IBAN account numbers, payment card numbers
and street addresses. Kept: prices, dates, hours, postcodes and the public service numbers that content names.
Checked numbers come from python-stdnum and phonenumbers; the shapes around them are ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers
from stdnum import iban, luhn
from stdnum.fi import hetu

#: All dash-like signs that phones and word processors put in the place of a hyphen.
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad\ufe63\uff0d"
_GAP = r"[ \u00a0\u2009\u202f]?"
#: ddmmyy, century sign (Act 661/2009 as amended 2022: + - Y X W V U A B C D E F), number, check character.
_HETU = re.compile(
    rf"(?<![0-9A-Za-z])(\d{{2}}){_GAP}(\d{{2}}){_GAP}(\d{{2}}){_GAP}([{re.escape(DASHES)}+ABCDEFUVWXYabcdefuvwxy]){_GAP}(\d{{3}}){_GAP}"
    r"([0-9A-Ya-y])(?![0-9A-Za-zÅÄÖåäö])"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}(?:@|\s?(?:\(at\)|\[at\])\s?)[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{2}\d{2}(?:[ \u00a0-]?[0-9A-Za-z]{1,4}){3,8}(?![0-9A-Za-z])")
_CARD = re.compile(r"(?<![\d+])\d(?:[ \u00a0-]?\d){12,18}(?!\d)")
_STREET = re.compile(
    r"(?<!\w)(?:[A-ZÅÄÖ][\wåäöÅÄÖ'’-]*\s){0,2}[A-Za-zÅÄÖåäö'’-]*"
    r"(?:katu|tie|kuja|polku|kaari|raitti|rinne|väylä|bulevardi|tori|aukio|penger|ranta|mäki|laita|gatan|vägen|gränden|stigen|"
    r"bågen|backen|stranden|gränd|allén)\s+\d{1,3}(?:\s?[-–]\s?\d{1,3})?(?:\s?[A-Za-z](?![A-Za-zÅÄÖåäö]))?"
    r"(?:\s?(?:as|bst|apt)\.?)?(?:\s?\d{1,3}(?!\d)(?!\s?(?:euro|€|v|kk|min|h\b)))?",
)
_STREET_EN = re.compile(r"(?<!\w)\d{1,4}\s(?:[A-Z][a-z]+\s){1,2}(?:Street|Road|Avenue|Lane|Drive)(?!\w)")
_NUMBERISH = re.compile(r"[+(]?\d[\d\s()/.\u00a0" + re.escape(DASHES) + r"]{4,22}\d")
_DATE = re.compile(r"^\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})$|^\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True)
class Masked:
    """The text with personal data replaced, and the kinds that were found, in order, once each."""

    text: str
    kinds: tuple[str, ...]


class PrivacyMask:
    """Replaces personal data; `public_phones` (E.164 or short) are the service's own and stay readable."""

    def __init__(self, public_phones: Iterable[str] = ()) -> None:
        self._public = {re.sub(r"\D", "", _national(phone)) for phone in public_phones}

    def mask(self, text: str) -> Masked:
        """Mask `text`. The order matters: an identity code must not be read as a phone number."""
        kinds: list[str] = []

        def put(kind: str) -> str:
            if kind not in kinds:
                kinds.append(kind)
            return f"[{kind}]"

        text = _HETU.sub(lambda m: put("hetu") if _is_identity_code(m) else m.group(), text)
        text = _EMAIL.sub(lambda m: put("email"), text)
        text = _IBAN.sub(lambda m: _mask_iban(m.group(), put), text)
        text = _CARD.sub(lambda m: put("card") if _is_card(m.group()) else m.group(), text)
        text = _NUMBERISH.sub(lambda m: self._mask_phone(m.group(), put), text)
        text = _STREET.sub(lambda m: put("address"), text)
        text = _STREET_EN.sub(lambda m: put("address"), text)
        return Masked(text, tuple(kinds))

    def _mask_phone(self, found: str, put) -> str:
        trimmed = found.rstrip()
        tail = found[len(trimmed):]
        digits = re.sub(r"\D", "", trimmed)
        if _DATE.match(trimmed) or not 6 <= len(digits) <= 15 or digits in self._public:
            return found
        if not trimmed.startswith(("+", "0", "(")):
            return found
        try:
            number = phonenumbers.parse(trimmed, "FI")
        except phonenumbers.NumberParseException:
            return found
        if re.sub(r"\D", "", _national(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))) in self._public:
            return found
        return put("phone") + tail if phonenumbers.is_possible_number(number) else found


def _national(phone: str) -> str:
    if not phone.startswith("+"):
        return phone
    return phonenumbers.format_number(phonenumbers.parse(phone), phonenumbers.PhoneNumberFormat.NATIONAL)


def _is_identity_code(match: re.Match[str]) -> bool:
    day, month = int(match.group(1)), int(match.group(2))
    sign = "-" if match.group(4) in DASHES else match.group(4).upper()
    code = "".join((*match.group(1, 2, 3), sign, *match.group(5, 6))).upper()
    if hetu.is_valid(code, allow_temporary=True):
        return True
    # A mistyped code is still somebody's: a plausible date and the right shape are enough to hide it.
    return 1 <= day <= 31 and 1 <= month <= 12


def _mask_iban(found: str, put) -> str:
    compact = re.sub(r"[ \u00a0-]", "", found).upper()
    # The pattern may have taken in a following word: shorten from the end until the check digits fit.
    for length in range(len(compact), 14, -1):
        if iban.is_valid(compact[:length]):
            kept, seen = len(found), 0
            for index, char in enumerate(found):
                seen += char.isalnum()
                if seen == length:
                    kept = index + 1
                    break
            return put("iban") + found[kept:]
    if compact.startswith("FI") and len(compact) >= 16 and compact[2:18].isdigit():
        return put("iban")
    return found


def _is_card(found: str) -> bool:
    digits = re.sub(r"\D", "", found)
    return 13 <= len(digits) <= 19 and digits[0] in "3456" and luhn.is_valid(digits)
