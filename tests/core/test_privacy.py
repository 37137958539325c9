"""The mask hides personal data in every form people write it, and keeps what the answer needs."""

import pytest

from verkkoapu.evaluate_privacy import measure
from verkkoapu.privacy import PrivacyMask
from verkkoapu.settings import PROJECT_DIR

MASK = PrivacyMask(["112", "116117", "+358291512000", "+358800147111"])


# Artificial identity codes: individual numbers 900–999 are given to nobody.
@pytest.mark.parametrize("code", [
    "010199-9017", "010199–9017", "010199−9017", "010199‑9017", "010199 - 9017", "010199-9017".lower(), "010105A9014", "010105a9014",
    "010199Y9011", "010105C9012", "01 01 99-9017",
])
def test_identity_codes_are_hidden(code):
    masked = MASK.mask(f"Hetuni on {code}, kiitos")
    assert masked.text == "Hetuni on [hetu], kiitos" and masked.kinds == ("hetu",)


@pytest.mark.parametrize(("text", "kind"), [
    ("040 123 4567", "phone"), ("+358 40 1234567", "phone"), ("(09) 816 12345", "phone"), ("0401234567", "phone"), ("+46 70 123 45 67", "phone"),
    ("maija@example.fi", "email"), ("maija.meikalainen (at) example.fi", "email"), ("FI21 1234 5600 0007 85", "iban"), ("fi2112345600000785", "iban"),
    ("4111 1111 1111 1111", "card"), ("Mannerheimintie 12 B 34", "address"), ("Storgatan 5", "address"),
])
def test_other_personal_data_is_hidden(text, kind):
    masked = MASK.mask(f"se on {text} nyt")
    assert masked.text == f"se on [{kind}] nyt" and masked.kinds == (kind,)


@pytest.mark.parametrize("text", [
    "soitin 112 ja 116117", "numero 029 151 2000 ei vastaa", "0800 147 111 on maksuton", "maksoi 20,90 euroa", "aika 12.3.2026 klo 14.30",
    "postinumero 02740 Espoo", "lääke 500 mg 3 kertaa päivässä", "auki 8-16", "lapsi on 3-vuotias", "vuonna 2023-2024", "huone 213", "kuume 39,5",
    "2026-11-24", "verenpaine 140/90",
])
def test_what_the_answer_needs_is_kept(text):
    assert MASK.mask(text).text == text


def test_every_kind_is_told_once():
    assert MASK.mask("a@b.fi tai c@d.fi").kinds == ("email",)


def test_own_evaluation_messages():
    total, leaked, leaks, wrong = measure(PROJECT_DIR / "evaluation" / "privacy.jsonl")
    assert total["hetu"] >= 40 and total["keep"] >= 60
    assert not any(leaked[kind] for kind in ("hetu", "email", "iban", "card")), leaks
    assert leaked["phone"] <= 0.02 * total["phone"] and leaked["keep"] <= 0.01 * total["keep"], wrong
