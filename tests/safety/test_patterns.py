"""The pattern language means what its table says."""

import pytest

from verkkoapu.safety.matcher import Matcher, one_apart
from verkkoapu.safety.patterns import PatternError, parse
from verkkoapu.safety.text import clauses, fold, script, words

GROUPS = {"not": ["ei", "en"], "breathe": ["hengit*", "saa henkea"]}


def found(pattern: str, text: str, known=None) -> bool:
    matcher = Matcher(known)
    matcher.add(parse(pattern, GROUPS), "it")
    matcher.ready()
    return bool(matcher.find([matcher.masks(clause.words) for clause in clauses(text)]))


@pytest.mark.parametrize(("pattern", "text", "expected"), [
    ("@not @breathe", "isä ei hengitä", True),
    ("@not @breathe", "isä ei enää hengitä", True),
    ("@not @breathe", "isä ei ole ihan hyvin mutta hengittää", False),
    ("@not @breathe", "hengitä ei", False),
    ("@not @breathe", "en saa henkeä", True),
    ("ei_hengita", "ei hengitä", True),
    ("ei_hengita", "ei enää hengitä", False),
    ("suu ... vino*", "suu on nyt ihan kokonaan vinossa", True),
    ("suu ... vino*", "suu on nyt taas ihan kokonaan jotenkin oudosti vinossa", False),
    ("kuume* + niska*", "niska jäykkä ja kuumetta", True),
    ("kuume* + niska*", "Niska jäykkä. Kuumetta on.", False),
    ("kuume* ++ niska*", "Niska jäykkä. Kuumetta on.", True),
    ("rinta* - kurssi*", "rintakipu", True),
    ("rinta* - kurssi*", "rintakipu kurssilla", False),
    ("(palaa|on tulessa)", "talo on tulessa", True),
    ("talo (nyt)? palaa", "talo palaa", True),
    ("*kipu", "rintakipu", True),
    ("*kipu", "kipulääke", False),
    ("*kip*", "rintakipuja", True),
])
def test_patterns(pattern, text, expected):
    assert found(pattern, text) is expected


@pytest.mark.parametrize("pattern", ["", "(a", "a |", "@nobody", "k*", "a + ", "- a", "a**b"])
def test_a_wrong_pattern_says_so(pattern):
    with pytest.raises(PatternError):
        parse(pattern, GROUPS)


def test_a_misspelt_word_fits_only_when_nobody_knows_it():
    assert found("kouris*", "poika koursitaa", known=lambda word: False)
    assert not found("kouris*", "poika koursitaa", known=lambda word: True)
    assert not found("kouris*", "poika koursitaa")


@pytest.mark.parametrize(("first", "second", "expected"), [
    ("abcde", "abcde", True), ("abcde", "abxde", True), ("abcde", "abde", True), ("abcde", "abxcde", True),
    ("abcde", "acbde", True), ("abcde", "axxde", False), ("abcde", "abc", False), ("abcd", "badc", False),
])
def test_one_letter_apart(first, second, expected):
    assert one_apart(first, second) is expected


def test_arabic_letters_written_onto_the_word_are_seen_through():
    matcher = Matcher()
    matcher.add(parse("دم*", {}), "it")
    matcher.ready()
    assert matcher.find([matcher.masks(words(fold("والدم كثير")))])


def test_folding_brings_spellings_together():
    assert fold("ÄITI EI HERÄÄÄÄ") == fold("aiti ei hera")
    assert words(fold("can’t")) == words(fold("cant"))
    assert fold("وگع") == fold("وقع")


def test_a_decimal_number_does_not_end_a_sentence():
    assert len(clauses("Kuumetta 39.5 astetta. Mitä teen?")) == 2


def test_scripts():
    assert [script(text) for text in ("apua", "помогите 112", "ساعدوني")] == ["latin", "cyrillic", "arabic"]
