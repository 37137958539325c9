"""Tests keep the documents true: settings, Redis keys, actions, routes and failures stand in docs/ as they are in the code."""

from __future__ import annotations

import re

import pytest
import yaml

from verkkoapu.settings import PROJECT_DIR, SETTINGS

DOCS = PROJECT_DIR / "docs"


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.env)
def test_every_setting_is_documented_with_its_sentence(setting):
    text = (DOCS / "configuration.md").read_text(encoding="utf-8")
    assert f"`{setting.env}`" in text and setting.help in text


def test_every_action_of_the_domain_exists_and_is_used():
    domain = yaml.safe_load((PROJECT_DIR / "bot" / "domain.yml").read_text(encoding="utf-8"))
    code = (PROJECT_DIR / "actions" / "actions.py").read_text(encoding="utf-8")
    named = set(re.findall(r'return "((?:action|validate)_[a-z_]+)"', code))
    assert named == set(domain["actions"])


def test_every_failure_row_names_a_test_that_exists():
    text = (DOCS / "failures.md").read_text(encoding="utf-8")
    tests = set(re.findall(r"`(test_[a-z0-9_]+)`", text))
    assert len(tests) >= 12
    code = "\n".join(path.read_text(encoding="utf-8") for path in (PROJECT_DIR / "tests").rglob("test_*.py"))
    assert not {name for name in tests if f"def {name}(" not in code}


def test_every_relative_link_in_the_documents_leads_somewhere():
    broken = []
    for path in [PROJECT_DIR / "README.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text(encoding="utf-8")):
            if not (path.parent / target).exists():
                broken.append(f"{path.relative_to(PROJECT_DIR)} → {target}")
    assert not broken


def test_every_make_target_of_the_readme_exists():
    make = (PROJECT_DIR / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", make, re.MULTILINE))
    readme = (PROJECT_DIR / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"make ([a-z-]+)", readme)) <= targets


def test_no_registry_host_and_no_machine_path_is_named():
    hosts = re.compile(r"pyp[i]\.org|pythonhoste[d]\.org|npmj[s]\.(?:org|com)|deb\.debia[n]\.org|/wor[k]/main|/opt/whee[l]s")
    import subprocess

    files = subprocess.run(["git", "ls-files"], cwd=PROJECT_DIR, capture_output=True, text=True, check=True).stdout.split()
    named = []
    for name in files:
        path = PROJECT_DIR / name
        if path.suffix in (".png", ".joblib") or not path.is_file():
            continue
        if hosts.search(path.read_text(encoding="utf-8", errors="ignore")):
            named.append(name)
    assert files and not named
