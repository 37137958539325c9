"""The learned score: what training writes is what the guard reads, and nothing heavy is imported at run time."""

import subprocess
import sys
from pathlib import Path

import pytest

from verkkoapu.safety import SafetyGuard, report
from verkkoapu.safety.data import Example, load
from verkkoapu.safety.model import LearnedScore
from verkkoapu.safety.text import clauses

CONTENT = Path(__file__).parents[2] / "content"


@pytest.fixture(scope="module")
def model_path(tmp_path_factory):
    train = pytest.importorskip("verkkoapu.safety.train")
    data, _ = load(CONTENT)
    # A slice is enough: whole training belongs to `make train`.
    examples = [one for one in train.gather(CONTENT, data) if one.language in ("fi", "ru") and train.part(one.text) == 1]
    path = tmp_path_factory.mktemp("model") / "safety.npz"
    train.save(train.fit(examples, data), path)
    return path


def test_the_score_tells_danger_from_a_question(model_path):
    guard = SafetyGuard.load(CONTENT, model_path)
    danger = guard.check("Isä makaa tajuttomana lattialla eikä hengitä, apua nyt", "fi")
    question = guard.check("Mihin aikaan neuvola aukeaa maanantaina?", "fi")
    assert danger.level == "alarm" and question.level is None
    assert danger.score > question.score
    assert any(reason.startswith("score life=") for reason in danger.reasons)


def test_languages_follow_the_script(model_path):
    model = LearnedScore.load(model_path)
    assert model.languages(clauses("мой муж не дышит помогите"), "fi") == ["ru"]


def test_a_model_of_another_format_is_refused(model_path, tmp_path):
    import numpy as np

    with np.load(model_path) as stored:
        parts = dict(stored)
    parts["format"] = 0
    old = tmp_path / "old.npz"
    np.savez(old, **parts)
    with pytest.raises(ValueError, match="train again"):
        LearnedScore.load(old)


def test_the_same_examples_fall_in_the_same_fold():
    train = pytest.importorskip("verkkoapu.safety.train")
    assert train.part("Äiti ei herää") == train.part("ÄITI EI HERÄÄ")


def test_report_counts_what_it_should():
    guard = SafetyGuard.load(CONTENT, None)
    judged = report.judge(guard, [Example("isä ei hengitä", "emergency-112", "life", "direct", "fi"),
                                  Example("mihin aikaan aukeatte", "health-centre", "none", "direct", "fi")])
    lines = report.table(judged, "language")
    assert lines[1][:4] == ("life", "fi", "1", "100.0")
    assert lines[2][:4] == ("none", "fi", "1", "0.0")
    assert [report.wrong(example, verdict) for example, verdict in judged] == [None, None]


def test_running_needs_neither_scikit_learn_nor_a_web_framework():
    code = ("import sys; import verkkoapu.safety; "
            "print([name for name in ('sklearn', 'scipy', 'torch', 'flask', 'rasa') if name in sys.modules])")
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"
