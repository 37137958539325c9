"""How messages are read: folds, sentences, negation, training pairs, and the search without a model."""

from __future__ import annotations

import pytest

from verkkoapu.search.embedding import split_pieces
from verkkoapu.search.plain import plain_search
from verkkoapu.search.settings import load_fusion
from verkkoapu.search.text import clean, fold, sentences, without_negated
from verkkoapu.search.training import examples_of
from verkkoapu.settings import PROJECT_DIR


@pytest.mark.parametrize(("written", "folded"), [
    ("HAMMASLÄÄKÄRI", "hammaslaakari"), ("Åbo  Ö", "abo o"), ("cafe\u0301", "cafe"), ("ﬁ", "fi"), ("Straße", "strasse"),
    ("[hetu] resepti", "resepti"), ("école", "ecole"),
])
def test_letters_without_their_marks(written, folded):
    assert fold(written) == folded


def test_clean_keeps_the_marks():
    assert clean("  Äiti\u00a0 JA\tisä ") == "äiti ja isä"


def test_pieces_are_words_and_their_parts():
    assert split_pieces("Äiti!") == ["<aiti>", "<ai", "ait", "iti", "ti>", "<ait", "aiti", "iti>", "<aiti", "aiti>"]


def test_only_a_message_of_several_sentences_is_split():
    assert sentences("hei. hammas särkee kovasti tänään. kuka maksaa taksin kotiin?") == [
        "hammas särkee kovasti tänään.", "kuka maksaa taksin kotiin?"]
    assert sentences("hammas särkee kovasti tänään.") == []


@pytest.mark.parametrize(("said", "wanted", "unwanted"), [
    ("En halua lääkäriä vaan hammaslääkärin", "hammaslääkärin", " lääkäriä"),
    ("Jag vill inte ha läkare utan tandläkare", "tandläkare", "ha läkare"),
    ("I don't want a doctor but a dentist", "dentist", "doctor"),
    ("en tarvitse neuvolaa, vaan kouluterveydenhoitajan ajan", "kouluterveydenhoitajan", "neuvola"),
])
def test_what_is_not_wanted_is_not_searched(said, wanted, unwanted):
    rest = without_negated(clean(said), load_fusion(PROJECT_DIR / "content").negations)
    assert wanted in rest and unwanted not in rest


@pytest.mark.parametrize("said", [
    "en tiedä vaan mitä tehdä", "jag kan inte sova utan medicin", "I can't sleep but I have no pain", "en halua lääkäriä", "vaan",
])
def test_other_negations_stay(said):
    assert without_negated(clean(said), load_fusion(PROJECT_DIR / "content").negations) == clean(said)


def test_the_search_file_is_read():
    fusion = load_fusion(PROJECT_DIR / "content")
    assert 0 < fusion.clarify_above < fusion.answer_above < 1
    assert fusion.negations


def test_without_a_search_file_the_defaults_hold(tmp_path):
    assert load_fusion(tmp_path).negations == ()


def test_examples_are_taken_from_everything_a_topic_says(content):
    examples = list(examples_of(content))
    sources = {example.source for example in examples}
    assert sources == {"example", "title", "question", "keyword"}
    topics = {example.topic for example in examples}
    assert set(content.topics) <= topics
    assert {"_other-authority", "_medical-advice", "_smalltalk", "_insult", "_injection"} <= topics
    for language in ("fi", "sv", "en"):
        own = {example.topic for example in examples if example.language == language and example.source == "example"}
        assert set(content.topics) <= own


@pytest.mark.parametrize(("query", "language", "topic"), [
    ("hammaslääkäri", "fi", "dental-care"), ("tolk", "sv", "interpreter"), ("prescription", "en", "prescription-renewal"),
])
def test_the_search_without_a_model_finds_plain_words(content, query, language, topic):
    assert topic in [hit["topic"] for hit in plain_search(content, query, language, 5)]


def test_the_search_without_a_model_is_quiet_about_nothing(content):
    assert plain_search(content, "", "fi", 5) == []
    assert plain_search(content, "xq", "fi", 5) == []


def test_telling_questions_stand_in_every_language(content):
    asked = [question for topic in content.topics.values() for question in topic.tell_apart.values()]
    assert len(asked) >= 12
    assert all(set(question) == set(content.languages) for question in asked)
