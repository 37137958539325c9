"""Example messages: topics, copies, number and personal data."""

from __future__ import annotations

import random

from verkkoapu.content.check import examples
from verkkoapu.content.check.examples import near_copies, normalised


def test_message_under_two_topics(desk):
    desk.write("fi/examples/danger.txt", "# käsin\n\nMitä se maksaa?\n")
    desk.write("fi/examples/fees.txt", "paljonko\nmitä se  maksaa\n")
    finding = desk.found("stands also in fi/examples/danger.txt:3")
    assert (finding.file, finding.line, finding.severity) == ("fi/examples/fees.txt", 2, "error")
    assert "Keep it under the topic that answers it" in finding.fix


def test_the_same_message_in_two_languages_is_no_finding(desk):
    desk.write("fi/examples/fees.txt", "Kela\n")
    desk.write("sv/examples/danger.txt", "Kela\n")
    assert desk.silent("stands also")


def test_copy_and_near_copy_within_a_topic(desk):
    desk.write("fi/examples/fees.txt", "Paljonko käynti maksaa minulle tänään\npaljonko KÄYNTI maksaa minulle tänään!\n"
                                       "Paljonko käynti maksaa minulle tänään illalla\nMihin lasku tulee kotiin vai verkkoon\n")
    copy = desk.found("stands also on line 1")
    near = desk.found("is nearly the message on line 1")
    assert (copy.line, near.line) == (2, 3)
    assert copy.severity == near.severity == "warning"


def test_near_copies_of_neighbouring_topics_are_wanted(desk):
    desk.write("fi/examples/fees.txt", "Paljonko käynti maksaa minulle tänään\n")
    desk.write("fi/examples/danger.txt", "Paljonko käynti maksaa minulle tänään illalla\n")
    assert desk.silent("nearly")


def test_too_few_examples(desk):
    desk.replace("check.yaml", "examples_per_topic: 0", "examples_per_topic: 3")
    desk.write("fi/examples/fees.txt", "yksi viesti\ntoinen viesti\n")
    assert desk.found("2 example messages; 3 or more").file == "fi/examples/fees.txt"


def test_examples_of_an_unknown_topic_and_of_what_is_not_ours(desk):
    desk.write("fi/examples/fee.txt", "yksi viesti\n")
    desk.write("fi/examples/_other-authority.txt", "passin uusiminen\n")
    finding = desk.found("There is no topic")
    assert (finding.file, finding.line) == ("fi/examples/fee.txt", 1) and "Rename the file" in finding.fix


def test_personal_data_in_examples(desk):
    desk.write("fi/examples/fees.txt", "hei\ntunnus on 131052-308T\nmaili matti.m@example.fi\nsoita 029 151 2000\nsoita 040 123 4567\n")
    findings = {finding.line: finding for finding in desk.check() if finding.file == "fi/examples/fees.txt"}
    assert findings.keys() == {2, 3, 5}
    assert "identity code" in findings[2].message and findings[2].severity == "error"
    assert "e-mail" in findings[3].message and "phone number" in findings[5].message
    assert "131052" not in findings[2].message, "the finding itself must not spread the code"


def test_normalising_keeps_a_message_of_signs():
    assert normalised("Mitä, SE  maksaa?!") == "mitä se maksaa"
    assert normalised("???") == "???"


def test_near_copies_finds_what_comparing_every_pair_finds():
    rng = random.Random(7)
    words = [f"sana{number}" for number in range(40)]
    messages = [(number, " ".join(rng.sample(words, rng.randint(3, 9)))) for number in range(150)]
    messages += [(number + 150, message + " " + rng.choice(words)) for number, message in messages[:30]]

    def slow():
        sets = [set(normalised(message).split()) for _, message in messages]
        for number, mine in enumerate(sets):
            if len(mine) >= examples.MIN_TOKENS and any(
                    len(other) >= examples.MIN_TOKENS and len(mine & other) >= 0.8 * len(mine | other) for other in sets[:number]):
                yield messages[number]

    found = [message for message, _line in near_copies(messages, 0.8)]
    assert found == list(slow()) and found
