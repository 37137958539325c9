"""Which texts the code asks for: in Python by its syntax tree, in templates and JavaScript by the shape of the call."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
#: The folders whose code is read.
PACKAGES = ("verkkoapu", "actions", "webwidget")
DYNAMIC_KEYS = Path("verkkoapu/locale/dynamic-keys.txt")
#: Functions whose first argument is a whole key.
FUNCTIONS = frozenset({"translate", "translate_plural", "t", "tn"})
_PLURAL = frozenset({"translate_plural", "tn"})
_KEY = re.compile(r"[a-z][a-z0-9_-]*(?:\.[A-Za-z0-9_-]+)+")
_RELATIVE = re.compile(r"[a-z][a-z0-9_-]*")
#: A call with a text first: its name, the text, and in the text whether it goes on ("nav_" ~ one, `widget.mask_${kind}`).
_CALL = re.compile(r"(?<![\w$])([A-Za-z_]\w*)\(\s*([\"'`])([^\"'`\n]*)\2(\s*[~+])?")
_LITERAL = re.compile(r"[\"'`]([a-z][a-z0-9_-]*(?:\.[A-Za-z0-9_-]+)+)[\"'`]")
_FILE = re.compile(r"\.(?:js|mjs|css|json|html|svg|png|yaml|md|txt|fi)$")


@dataclass(frozen=True)
class Prefix:
    """A line of dynamic-keys.txt: a beginning of keys, and where templates leave it out: `help. webwidget/help t tn`."""

    beginning: str
    line: int
    folder: str = ""
    functions: tuple[str, ...] = ()


@dataclass
class Used:
    """What the code asks for, each with the place where it is first used.

    `literals` are all texts that look like a key: such a key is not called unused. `scripted` are those of JavaScript
    and templates, where a text is asked for in many ways (texts.get, this.texts.get): what stands there is wanted.
    """

    keys: dict[str, str] = field(default_factory=dict)
    plural: set[str] = field(default_factory=set)
    prefixes: dict[str, str] = field(default_factory=dict)
    literals: set[str] = field(default_factory=set)
    scripted: dict[str, str] = field(default_factory=dict)

    def note(self, key: str, where: str, plural: bool = False) -> None:
        self.keys.setdefault(key, where)
        if plural:
            self.plural.add(key)


def used_keys(project: Path = PROJECT) -> Used:
    """Every key in Python, templates and JavaScript."""
    used = Used()
    prefixes = dynamic_prefixes(project)
    for path in code_files(project, (".py",)):
        _read_python(path, path.relative_to(project).as_posix(), used)
    for path in code_files(project, (".html", ".jinja", ".js", ".mjs", ".txt.j2")):
        _read_script(path, path.relative_to(project).as_posix(), used, prefixes)
    return used


def dynamic_prefixes(project: Path = PROJECT) -> list[Prefix]:
    """The declared beginnings of keys that code puts together."""
    path = project / DYNAMIC_KEYS
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    words = [(line.split("#")[0].split(), number) for number, line in enumerate(lines, 1)]
    return [Prefix(parts[0], number, parts[1] if len(parts) > 1 else "", tuple(parts[2:])) for parts, number in words if parts]


def code_files(project: Path, endings: tuple[str, ...]) -> Iterator[Path]:
    """The code of the project's packages, in a stable order."""
    for package in PACKAGES:
        for path in sorted((project / package).rglob("*")):
            if path.name.endswith(endings) and path.is_file() and "node_modules" not in path.parts:
                yield path


@lru_cache(maxsize=1)
def phrase_keys(project: Path = PROJECT) -> dict[str, str]:
    """The phrases (content/<language>/phrases.yaml) that Python asks for by a written-out key, with the place."""
    found: dict[str, str] = {}
    for path in code_files(project, (".py",)):
        for call in _calls(path, frozenset({"phrase"})):
            key = next((item.value for item in call.args if isinstance(item, ast.Constant) and isinstance(item.value, str)), None)
            if key:
                found.setdefault(key, f"{path.relative_to(project).as_posix()}:{call.lineno}")
    return found


def _read_python(path: Path, file: str, used: Used) -> None:
    for call in _calls(path, FUNCTIONS):
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        first = call.args[0] if call.args else None
        where = f"{file}:{call.lineno}"
        for value in _choices(first):
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and _KEY.fullmatch(value.value):
                used.note(value.value, where, name in _PLURAL)
            elif isinstance(value, ast.JoinedStr) and isinstance(value.values[0], ast.Constant):
                used.prefixes.setdefault(str(value.values[0].value), where)
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _KEY.fullmatch(node.value):
            used.literals.add(node.value)


def _choices(node: ast.expr | None) -> Iterator[ast.expr]:
    """The argument itself, or both sides of `a if x else b`."""
    if isinstance(node, ast.IfExp):
        yield from _choices(node.body)
        yield from _choices(node.orelse)
    elif node is not None:
        yield node


def _calls(path: Path, names: frozenset[str]) -> Iterator[ast.Call]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", None)
            if called in names:
                yield node


@lru_cache(maxsize=512)
def _tree(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError:  # somebody is writing it at this moment; the lint run names it
        return ast.Module(body=[], type_ignores=[])


def _read_script(path: Path, file: str, used: Used, prefixes: list[Prefix]) -> None:
    text = path.read_text(encoding="utf-8")
    relative = [prefix for prefix in prefixes if prefix.folder and file.startswith(prefix.folder.rstrip("/") + "/")]

    def where(at: int) -> str:
        return f"{file}:{text.count(chr(10), 0, at) + 1}"

    for match in _CALL.finditer(text):
        name, written, goes_on = match.group(1), match.group(3), bool(match.group(4))
        beginning = next((prefix.beginning for prefix in relative if name in prefix.functions), "")
        if "${" in written:
            written, goes_on = written.split("${", 1)[0], True
        if beginning and _RELATIVE.fullmatch(written):
            written = beginning + written
        if goes_on and _KEY.fullmatch(written):
            used.prefixes.setdefault(written, where(match.start()))
        elif (beginning or name in FUNCTIONS) and _KEY.fullmatch(written):
            used.note(written, where(match.start()), name in _PLURAL)
    for match in _LITERAL.finditer(text):
        if not _FILE.search(match.group(1)) and match.group(1) not in used.prefixes:
            used.literals.add(match.group(1))
            used.scripted.setdefault(match.group(1), where(match.start()))
