"""An editor's mistake becomes a finding with file, line and fix, and the rest keeps working."""

from pathlib import Path

from verkkoapu.safety import SafetyGuard
from verkkoapu.safety.data import load

SIGNS = """signs:
  choking:
    topic: emergency-112
    level: alarm
    about: Something in the throat.
cancellers:
  course:
    scope: clause
    effect: drop
    about: A course.
"""
FI = """words:
  throat: [kurkku*, kurkkuun]
signs:
  choking:
    patterns: ["jäi @throat"]
    must: ["pala jäi kurkkuun"]
    must_not: ["kurkku on kipeä"]
cancellers:
  course:
    patterns: ["kurssi*"]
"""


def content(tmp_path: Path, signs: str = SIGNS, fi: str = FI, **more: str) -> Path:
    folder = tmp_path / "safety"
    folder.mkdir(parents=True)
    (folder / "signs.yaml").write_text(signs, encoding="utf-8")
    (folder / "fi.yaml").write_text(fi, encoding="utf-8")
    for name, text in more.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def only(findings):
    assert len(findings) == 1, findings
    return findings[0]


def test_good_content_has_no_findings(tmp_path):
    assert load(content(tmp_path))[1] == []


def test_a_bad_pattern_is_named_by_line_and_left_out(tmp_path):
    broken = FI.replace('["jäi @throat"]', '["jäi @throat", "(jäi kurkk*"]')
    data, findings = load(content(tmp_path, fi=broken))
    finding = only(findings)
    assert (finding.file, finding.line, finding.severity) == ("safety/fi.yaml", 5, "error")
    assert "never closed" in finding.message
    assert finding.fix
    assert SafetyGuard(data).check("pala jäi kurkkuun").level == "alarm"


def test_an_unknown_group_is_an_error(tmp_path):
    finding = only(load(content(tmp_path, fi=FI.replace("@throat", "@throte")))[1])
    assert finding.line == 5
    assert "throte" in finding.message


def test_a_sign_without_must_or_must_not_is_an_error(tmp_path):
    broken = "\n".join(line for line in FI.splitlines() if "must" not in line)
    findings = load(content(tmp_path, fi=broken))[1]
    assert [finding.line for finding in findings] == [4, 4]
    assert {"must example" in finding.message for finding in findings} == {True, False}


def test_an_unknown_topic_and_level_are_errors(tmp_path):
    for name, wrong, right, line in (("a", "emergency-112", "emergency", 3), ("b", "level: alarm", "level: loud", 4)):
        findings = load(content(tmp_path / name, signs=SIGNS.replace(wrong, right)))[1]
        assert ("safety/signs.yaml", line) in {(finding.file, finding.line) for finding in findings}


def test_a_sign_that_the_list_lacks_is_an_error(tmp_path):
    finding = only(load(content(tmp_path, fi=FI.replace("  choking:", "  chocking:")))[1])
    assert (finding.line, "chocking" in finding.message) == (4, True)


def test_a_star_on_one_letter_is_an_error(tmp_path):
    finding = only(load(content(tmp_path, fi=FI.replace("kurkkuun]", "k*]")))[1])
    assert finding.line == 2


def test_broken_yaml_is_a_finding_not_a_traceback(tmp_path):
    data, findings = load(content(tmp_path, fi="words: [unclosed\nsigns: {"))
    assert findings and findings[0].file == "safety/fi.yaml"
    assert "choking" in data.signs


def test_no_and_on_are_words_not_truth_values(tmp_path):
    data, findings = load(content(tmp_path, fi=FI.replace("[kurkku*, kurkkuun]", "[no, on, kurkkuun]")))
    assert findings == []
    assert data.languages["fi"].words["throat"] == ["no", "on", "kurkkuun"]


def test_a_threshold_out_of_range_is_an_error(tmp_path):
    finding = only(load(content(tmp_path, **{"thresholds.yaml": "alarm_alone: 1.5\n"}))[1])
    assert finding.line == 1


def test_a_reply_with_a_written_number_is_an_error(tmp_path):
    reply = 'emergency-112:\n  alarm: "Soita 112."\n  hint: "Soita {phone:emergency-112}."\n'
    findings = load(content(tmp_path, **{"replies__fi.yaml": reply}))[1]
    assert any(finding.line == 2 and "written out" in finding.message for finding in findings)


def test_an_example_that_cannot_be_read_is_named_by_line(tmp_path):
    lines = '{"topic": "poisoning", "severity": "life", "style": "", "text": "a"}\n{"topic": "poisoning"}\n'
    finding = only(load(content(tmp_path, **{"examples__fi.jsonl": lines}))[1])
    assert (finding.file, finding.line) == ("safety/examples/fi.jsonl", 2)


def test_a_language_may_have_thresholds_of_its_own(tmp_path):
    text = "alarm_alone: 0.5\nby_language:\n  fi: {hint_alone: 0.7}\n  xx: {hint_alone: 0.7}\n"
    data, findings = load(content(tmp_path, **{"thresholds.yaml": text}))
    assert only(findings).line == 4
    assert data.thresholds_by_language["fi"].alarm_alone == 0.5
    assert data.thresholds_by_language["fi"].hint_alone == 0.7
