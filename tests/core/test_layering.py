"""Imports point one way: actions and webwidget → verkkoapu; verkkoapu knows neither, nor Flask, nor Rasa."""

import ast
from pathlib import Path

import pytest

from verkkoapu.settings import PROJECT_DIR

FORBIDDEN = {
    "verkkoapu": {"actions", "webwidget", "flask", "rasa", "rasa_sdk", "sanic", "gunicorn"},
    "actions": {"webwidget", "flask", "gunicorn"},
    "webwidget": {"actions", "rasa", "rasa_sdk", "sanic", "torch", "sentence_transformers"},
    "bot": {"webwidget", "actions", "flask"},
}


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("package", FORBIDDEN)
def test_no_import_points_the_wrong_way(package):
    files = list((PROJECT_DIR / package).rglob("*.py"))
    assert files
    wrong = {str(path.relative_to(PROJECT_DIR)): imports_of(path) & FORBIDDEN[package] for path in files}
    assert not {path: names for path, names in wrong.items() if names}
