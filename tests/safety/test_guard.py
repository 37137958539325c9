"""What the guard decides, how it explains itself, and that it leaves no trace."""

import logging
from pathlib import Path

import pytest

from verkkoapu.safety import SafetyGuard

CONTENT = Path(__file__).parents[2] / "content"
GUARD = SafetyGuard.load(CONTENT, None)


@pytest.mark.parametrize(("text", "topic"), [
    ("ISÄ EI HENGITÄ TULKAA ÄKKIÄ", "emergency-112"),
    ("aiti ei heraa ja hengittaa oudosti", "emergency-112"),
    ("Min man tappade plötsligt talet och ena mungipan hänger", "emergency-112"),
    ("I want to kill myself tonight", "mental-crisis"),
    ("муж не дышит, губы синие", "emergency-112"),
    ("я не хочу більше жити", "mental-crisis"),
    ("mees lööb mind praegu, ta on ukse taga", "domestic-violence"),
    ("زوجي فقد الوعي ولا يتنفس", "emergency-112"),
    ("aabbahay ma neefsanayo", "emergency-112"),
    ("vauva nieli nappipariston", "poisoning"),
])
def test_plain_danger_raises_an_alarm_with_its_topic(text, topic):
    verdict = GUARD.check(text)
    assert (verdict.level, verdict.topic) == ("alarm", topic)


def test_the_page_language_is_only_a_hint():
    assert GUARD.check("زوجي فقد الوعي ولا يتنفس", "fi").level == "alarm"
    assert GUARD.check("he is not breathing", "sv").level == "alarm"


def test_one_clause_in_a_long_story_is_found_and_named():
    text = ("Hei, kysyisin kuljetustuen päätöksestä. Montako matkaa siihen kuuluu kuukaudessa? "
            "Isä makaa lattialla eikä vastaa mitään. Ja voiko taksin tilata verkossa?")
    verdict = GUARD.check(text, "fi")
    assert verdict.level == "alarm"
    assert verdict.clause == "Isä makaa lattialla eikä vastaa mitään."


@pytest.mark.parametrize("text", [
    "Onko teillä elvytyskurssia lapsille?",
    "Sydänkohtaus minulla oli vuonna 2012, nyt kaikki hyvin ja haluan vuosikontrollin.",
    "Kuolen nauruun näiden jonojen kanssa haha",
    "Jag hade ett krampanfall för tio år sedan, får jag körkortsintyg?",
    "I want to join a first-aid course about choking",
    "Where can I buy a carbon monoxide alarm for our cottage, just in case?",
    "Milloin terveysasema aukeaa huomenna?",
    "",
    "   \n !!! ",
])
def test_what_only_sounds_alarming_raises_no_alarm(text):
    assert GUARD.check(text).level != "alarm"


def test_now_outranks_a_course_in_the_same_sentence():
    assert GUARD.check("Olin ensiapukurssilla ja nyt mies ei hengitä").level == "alarm"


def test_the_past_cancels_only_its_own_sentence():
    text = "Isällä oli infarkti vuonna 2015. Isä makaa lattialla eikä vastaa."
    assert GUARD.check(text).level == "alarm"


def test_a_verdict_names_sign_pattern_and_canceller():
    verdict = GUARD.check("Sydänkohtaus minulla oli vuosia sitten ja rintaan sattui kovasti.")
    told = " ".join(verdict.reasons)
    assert "sign heart" in told
    assert "by past" in told


def test_nothing_is_logged_or_printed(caplog, capsys):
    with caplog.at_level(logging.DEBUG):
        GUARD.check("Aion tappaa itseni tänä iltana, nimeni on Salla Salainen")
    assert caplog.records == []
    assert capsys.readouterr() == ("", "")


def test_a_huge_message_is_read_only_so_far():
    assert GUARD.check("a " * 200_000).level is None
