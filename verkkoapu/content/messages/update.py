"""Bring the catalogues up to date: missing entries are added empty, all are sorted by key; no text is changed.

A catalogue that cannot be read whole is refused, so that rewriting it loses nothing.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from verkkoapu.content.messages.compare import catalogue_file, key_of, open_quotes
from verkkoapu.content.messages.keys import PROJECT, used_keys
from verkkoapu.errors import ContentError


def update_catalogues(project: Path = PROJECT, locale: Path | None = None, write: bool = True) -> dict[str, list[str]]:
    """Sort and complete every catalogue; returns {language: keys added} of those that changed."""
    locale = locale or project / "verkkoapu" / "locale"
    broken = [finding for path in sorted(locale.glob("*/LC_MESSAGES/messages.po")) for finding in open_quotes(path)]
    if broken:
        raise ContentError(broken)
    used = used_keys(project)
    catalogues: dict[str, Catalog] = {}
    for path in sorted(locale.glob("*/LC_MESSAGES/messages.po")):
        with path.open("rb") as file:
            catalogues[path.parent.parent.name] = read_po(file, locale=path.parent.parent.name, abort_invalid=True)
    every = {key: key in used.plural for key in used.keys}
    for catalogue in catalogues.values():
        every.update({key_of(message): isinstance(message.id, (tuple, list)) for message in catalogue if message.id})
    changed: dict[str, list[str]] = {}
    for language, catalogue in catalogues.items():
        known = {key_of(message) for message in catalogue if message.id}
        added = sorted(every.keys() - known)
        for key in added:
            catalogue.add((key, key) if every[key] else key, string=("",) * catalogue.num_plurals if every[key] else "")
        path = catalogue_file(locale, language)
        new = rendered(catalogue)
        if new != path.read_bytes():
            changed[language] = added
            if write:
                partial = path.with_suffix(".po.new")
                partial.write_bytes(new)
                os.replace(partial, path)
    return changed


def rendered(catalogue: Catalog) -> bytes:
    """The catalogue as a file: our own short header, entries by key, one line a text."""
    header = [
        'msgid ""', 'msgstr ""', '"Project-Id-Version: verkkoapu\\n"', f'"Language: {catalogue.locale_identifier}\\n"',
        '"MIME-Version: 1.0\\n"', '"Content-Type: text/plain; charset=utf-8\\n"', '"Content-Transfer-Encoding: 8bit\\n"',
        f'"Plural-Forms: {catalogue.plural_forms.rstrip(";")};\\n"', "",
    ]
    for message in catalogue:
        texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if message.id and any("%(" in (text or "") for text in texts):
            message.flags.add("python-format")  # babel looks for it in the key, where no placeholder stands
    body = io.BytesIO()
    write_po(body, catalogue, width=0, sort_output=True, omit_header=True, no_location=True)
    return ("\n".join(header) + "\n" + body.getvalue().decode().rstrip("\n") + "\n").encode()
