"""The catalogues compared with the code and with each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po

from verkkoapu.content.messages.keys import DYNAMIC_KEYS, PROJECT, Prefix, Used, dynamic_prefixes, used_keys
from verkkoapu.findings import Finding

_QUOTED = re.compile(r'^\s*(?:msgid|msgid_plural|msgstr(?:\[\d+\])?|")')
_WHOLE = re.compile(r'(?:msgid|msgid_plural|msgstr(?:\[\d+\])?)?\s*"(?:[^"\\]|\\.)*"')
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<![%{])\{(\w+)\}")


def check_messages(project: Path = PROJECT, locale: Path | None = None) -> list[Finding]:
    """What is missing, unused, untranslated or different between languages."""
    locale = locale or project / "verkkoapu" / "locale"
    used, prefixes = used_keys(project), dynamic_prefixes(project)
    found: list[Finding] = []
    catalogues = dict(_read(locale, found))
    if not catalogues:
        return [*found, Finding(_file("en"), 1, "error", "There is no catalogue.", "Restore verkkoapu/locale from the project's history.")]
    for rule in (_missing, _unused, _untranslated, _placeholders, _plurals):
        found.extend(rule(catalogues, used, prefixes))
    found.extend(_undeclared(catalogues, used, prefixes))
    return sorted(set(found))


def catalogue_file(locale: Path, language: str) -> Path:
    """Where a language's catalogue stands."""
    return locale / language / "LC_MESSAGES" / "messages.po"


def key_of(message: Message) -> str:
    """The key of an entry; a plural entry has it twice."""
    return str(message.id[0] if isinstance(message.id, (tuple, list)) else message.id)


def _file(language: str) -> str:
    return f"verkkoapu/locale/{language}/LC_MESSAGES/messages.po"


def open_quotes(path: Path) -> Iterator[Finding]:
    """Lines of a catalogue with a quote that is not closed: babel would read them and lose a letter."""
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if _QUOTED.match(line) and not _WHOLE.fullmatch(line.strip()):
            yield Finding(_file(path.parent.parent.name), number, "error", "A quote is missing on this line.",
                          'Write the text between two quotes; a quote inside it as \\".')


def _read(locale: Path, found: list[Finding]) -> Iterator[tuple[str, Catalog]]:
    for path in sorted(locale.glob("*/LC_MESSAGES/messages.po")):
        language = path.parent.parent.name
        broken = list(open_quotes(path))
        if broken:
            found.extend(broken)
            continue
        try:
            with path.open("rb") as file:
                yield language, read_po(file, locale=language, abort_invalid=True)
        except (PoFileError, ValueError) as exc:
            found.append(Finding(_file(language), getattr(exc, "lineno", 0) or 1, "error", f"The catalogue cannot be read: {exc}",
                                 "Look for a missing quote at this line or the one above."))


def _entries(catalogue: Catalog) -> dict[str, Message]:
    return {key_of(message): message for message in catalogue if message.id}


def _missing(catalogues: Mapping[str, Catalog], used: Used, _prefixes: list[Prefix]) -> Iterator[Finding]:
    namespaces = {key.split(".")[0] for catalogue in catalogues.values() for key in _entries(catalogue)}
    scripted = {key: where for key, where in used.scripted.items() if key.split(".")[0] in namespaces}
    for language, catalogue in catalogues.items():
        known = _entries(catalogue)
        for key, where in {**scripted, **used.keys}.items():
            if key not in known:
                yield Finding(_file(language), 1, "error", f"The text '{key}' is missing; {where} uses it.",
                              "Run 'make messages', then write the text into the new entry.")
        for other, theirs in catalogues.items():
            for key in _entries(theirs).keys() - known.keys() - used.keys.keys() - scripted.keys():
                yield Finding(_file(language), 1, "error", f"The text '{key}' is missing; it stands in {_file(other)}.",
                              "Run 'make messages', then write the text into the new entry.")


def _unused(catalogues: Mapping[str, Catalog], used: Used, prefixes: list[Prefix]) -> Iterator[Finding]:
    wanted = used.keys.keys() | used.literals
    # A beginning that templates of one folder leave out ("help.") is read there key by key; only the others excuse a key.
    waived = tuple(prefix.beginning for prefix in prefixes if not prefix.folder)
    for language, catalogue in catalogues.items():
        for key, message in _entries(catalogue).items():
            if key not in wanted and not key.startswith(waived):
                yield Finding(_file(language), message.lineno or 1, "warning", f"No code uses the text '{key}'.",
                              f"Remove the entry in every language, or declare the beginning of the key in {DYNAMIC_KEYS.as_posix()}.")


def _untranslated(catalogues: Mapping[str, Catalog], _used: Used, _prefixes: list[Prefix]) -> Iterator[Finding]:
    for language, catalogue in catalogues.items():
        for key, message in _entries(catalogue).items():
            texts = _strings(message)
            if not texts or not all(texts):
                yield Finding(_file(language), message.lineno or 1, "error", f"The text '{key}' is not translated.",
                              "Write it between the quotes of msgstr.")
            elif message.fuzzy:
                yield Finding(_file(language), message.lineno or 1, "error", f"The text '{key}' is marked as doubtful and is not shown.",
                              "Check the text, then remove the word 'fuzzy' from the line above it.")


def _placeholders(catalogues: Mapping[str, Catalog], _used: Used, _prefixes: list[Prefix]) -> Iterator[Finding]:
    first: dict[str, tuple[str, frozenset[str]]] = {}
    for language, catalogue in catalogues.items():
        for key, message in _entries(catalogue).items():
            texts = [text for text in _strings(message) if text]
            # In a plural entry the singular may say "one" instead of the number.
            names = frozenset(name for text in texts[-1:] for name in _names(text))
            if not texts:
                continue
            known = first.setdefault(key, (language, names))
            if names != known[1]:
                yield Finding(_file(language), message.lineno or 1, "error",
                              f"The text '{key}' has the placeholders {_list(names)}; {known[0]} has {_list(known[1])}.",
                              "Use the same placeholders in every language; never translate the name inside them.")


def _plurals(catalogues: Mapping[str, Catalog], used: Used, _prefixes: list[Prefix]) -> Iterator[Finding]:
    for language, catalogue in catalogues.items():
        for key, message in _entries(catalogue).items():
            plural = isinstance(message.id, (tuple, list))
            if plural and len(_strings(message)) != catalogue.num_plurals:
                yield Finding(_file(language), message.lineno or 1, "error",
                              f"The text '{key}' has {len(_strings(message))} plural forms; this language has {catalogue.num_plurals}.",
                              f"Write msgstr[0] to msgstr[{catalogue.num_plurals - 1}].")
            elif not plural and key in used.plural:
                yield Finding(_file(language), message.lineno or 1, "error",
                              f"The text '{key}' has no plural forms; {used.keys[key]} counts with it.",
                              f'Add msgid_plural "{key}" and msgstr[0], msgstr[1] ….')


def _undeclared(catalogues: Mapping[str, Catalog], used: Used, prefixes: list[Prefix]) -> Iterator[Finding]:
    keys = {key for catalogue in catalogues.values() for key in _entries(catalogue)}
    for prefix, where in used.prefixes.items():
        file, _, line = where.rpartition(":")
        if not any(prefix.startswith(declared.beginning) if not declared.folder else prefix == declared.beginning for declared in prefixes):
            yield Finding(file, int(line), "error", f"The keys that begin with '{prefix}' are put together here and not declared.",
                          f"Add a line '{prefix}' to {DYNAMIC_KEYS.as_posix()}.")
    for declared in prefixes:
        if not any(key.startswith(declared.beginning) for key in keys):
            yield Finding(DYNAMIC_KEYS.as_posix(), declared.line, "warning", f"No text begins with '{declared.beginning}'.",
                          "Remove the line, or add the texts.")


def _strings(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, (tuple, list)) else [str(message.string or "")]


def _names(text: str) -> set[str]:
    return {one or other for one, other in _PLACEHOLDER.findall(text)}


def _list(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "none"
