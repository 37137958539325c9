"""The editors' commands: check, status and stamp, as they are typed."""

from __future__ import annotations

import json

import pytest

from verkkoapu.cli import main
from verkkoapu.content.stamp import stamp_translations


def test_check_ends_with_counts_and_status_0_without_errors(desk, capsys):
    assert main(["content", "check", "--content", str(desk.root), "--today", "2026-11-22"]) == 0
    assert capsys.readouterr().out == "0 errors, 0 warnings, 1 gap (list them with --gaps).\n"


def test_check_groups_by_file_and_ends_with_status_1(desk, capsys):
    desk.replace("fi/fees.md", "contacts: [office]", "contacts: [office, nobody]")
    assert main(["content", "check", "--content", str(desk.root), "--today", "2026-11-22"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "fi/fees.md"
    assert lines[1] == f"      {desk.line('fi/fees.md', 'contacts:')}  error    There is no contact 'nobody'."
    assert lines[2].strip().startswith("→ Use an id from contacts/*.yaml")


def test_check_as_json_holds_gaps_too(desk, capsys):
    main(["content", "check", "--content", str(desk.root), "--today", "2026-11-22", "--json"])
    assert json.loads(capsys.readouterr().out) == [{
        "file": "contacts/all.yaml", "line": desk.line("contacts/all.yaml", "hours of the chat"), "severity": "gap",
        "message": "chat: The hours of the chat are not known.", "fix": "Find it out, write it in, and remove the gap."}]


def test_gaps_are_listed_on_demand(desk, capsys):
    main(["content", "check", "--content", str(desk.root), "--today", "2026-11-22", "--gaps"])
    assert "gap      chat: The hours of the chat are not known." in capsys.readouterr().out


def test_folder_without_content_is_told_and_not_a_traceback(tmp_path, capsys):
    assert main(["content", "check", "--content", str(tmp_path)]) == 1
    assert "service.yaml" in capsys.readouterr().out


def test_status_table(desk, capsys):
    desk.write("fi/examples/fees.txt", "yksi\nkaksi\n")
    desk.replace("fi/fees.md", "Odota kaksi viikkoa", "Odottele kaksi viikkoa")
    (desk.root / "sv/danger.md").unlink()
    assert main(["content", "status", "--content", str(desk.root)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["fees", "core", "full", "2", "stale", "0"]
    assert lines[2].split() == ["danger", "safety", "full", "0", "missing", "0"]
    assert len({len(line.rstrip()) for line in lines[1:3]}) == 1, "the columns stand under each other"
    assert lines[-1].startswith("sv: 0 full, 0 summary, 1 stale, 1 missing; 0 example messages")


def test_status_as_json(desk, capsys):
    main(["content", "status", "--content", str(desk.root), "--json"])
    assert json.loads(capsys.readouterr().out)[0] == {
        "topic": "fees", "language": "fi", "core": True, "safety": False, "state": "full", "examples": 0}


@pytest.mark.parametrize("written", [
    'translated_from: {language: fi, version: ""}', "translated_from: {language: fi, version: }", "translated_from: {language: fi}",
    "translated_from: { version: 'old' ,  language: fi }  # by Maija", "translated_from:\n  language: fi\n  version: 0123",
    "translated_from:\n    language: fi",
])
@pytest.mark.parametrize("windows", [False, True])
def test_stamp_keeps_every_other_byte(desk, written, windows):
    path = desk.root / "sv/fees.md"
    text = path.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("translated_from"))
    before = text.replace(line, written)
    if windows:
        before = "\ufeff" + before.replace("\n", "\r\n")
    path.write_bytes(before.encode())
    changed, refused = stamp_translations(desk.root)
    assert (changed, refused) == (["sv/fees.md"], [])
    after = path.read_bytes().decode()
    version = after.split('"', 2)[1] if "version" not in after else after.split("version:")[1].split('"')[1]
    kept_before, kept_after = before, after
    for old in ('version: ""', "version: 'old'", "version: 0123", "version: "):
        if old in kept_before:
            kept_before = kept_before.replace(old, "VERSION", 1)
            kept_after = kept_after.replace(f'version: "{version}"', "VERSION", 1)
            break
    else:
        for added in (f', version: "{version}"', f'\r\n    version: "{version}"', f'\n    version: "{version}"'):
            kept_after = kept_after.replace(added, "", 1)
    assert kept_after == kept_before
    assert desk.silent("has changed since") and desk.silent("not noted which")
    assert stamp_translations(desk.root) == ([], [])


def test_stamp_of_one_topic_or_language_leaves_the_others(desk, capsys):
    for topic in ("fees", "danger"):
        text = (desk.root / f"fi/{topic}.md").read_text()
        desk.write(f"fi/{topic}.md", text + "\nUusi rivi.\n")
    assert main(["content", "stamp", "--content", str(desk.root), "--topic", "fees", "--language", "sv"]) == 0
    assert capsys.readouterr().out == "stamped sv/fees.md\n1 stamped, 0 refused.\n"
    assert desk.found("has changed since").file == "sv/danger.md"


def test_stamp_refuses_when_the_source_is_missing(desk, capsys):
    (desk.root / "fi/fees.md").unlink()
    before = (desk.root / "sv/fees.md").read_bytes()
    assert main(["content", "stamp", "--content", str(desk.root)]) == 1
    out = capsys.readouterr()
    assert "The source fi/fees.md is missing" in out.err and f"sv/fees.md:{desk.line('sv/fees.md', 'translated_from')}" in out.err
    assert (desk.root / "sv/fees.md").read_bytes() == before


@pytest.mark.parametrize(("option", "value"), [("--topic", "nothing"), ("--language", "xx")])
def test_stamp_of_what_does_not_exist(desk, capsys, option, value):
    assert main(["content", "stamp", "--content", str(desk.root), option, value]) == 1
    assert f"'{value}'" in capsys.readouterr().err
