"""The service with one more language, for right-to-left tests and for docs/languages.md: a folder and a catalogue, no code.

Arabic here is a test language: a few texts of the interface, the rest falls back along the declared chain.
"""

from __future__ import annotations

import dataclasses
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from werkzeug.serving import make_server

from verkkoapu import i18n
from verkkoapu.settings import PROJECT_DIR
from verkkoapu.supervise import free_port

ARABIC = {
    "widget.launcher": "اطلب المشورة",
    "widget.send": "إرسال",
    "widget.input_label": "اكتب سؤالك",
    "widget.menu": "القائمة",
    "widget.input_hint": "لا تكتب رقم هويتك الشخصية.",
    "widget.exit": "خروج سريع",
    "widget.you": "أنت",
    "widget.call": "اتصل على %(number)s",
    "widget.status_sent": "أُرسلت",
    "widget.language": "اللغة",
    "widget.log": "المحادثة",
    "widget.back": "العودة إلى المحادثة",
    "widget.contacts_count": ("%(count)s وسيلة اتصال", "%(count)s وسيلة اتصال"),
}
PHRASES = {
    "greeting": "مرحبا. أنا روبوت المساعدة. اكتب سؤالك بكلماتك. إذا كانت هناك حياة في خطر فاتصل بالرقم 112.",
}


def add_language(root: Path, code: str, name: str, direction: str, texts: dict[str, Any], phrases: dict[str, str]) -> tuple[Path, Path]:
    """Copies of content/ and of the catalogues with one more language, by the steps of docs/languages.md."""
    content, locale = root / "content", root / "locale"
    shutil.copytree(PROJECT_DIR / "content", content)
    shutil.copytree(i18n.LOCALE_DIR, locale)
    # Step 1: the language in service.yaml.
    service = content / "service.yaml"
    text = service.read_text(encoding="utf-8")
    line = f"  - {{id: {code}, name: {name}, dir: {direction}, fallback: [en, fi], forms: []}}\n"
    service.write_text(re.sub(r"(?m)^(  - \{id: en, .*\n)", lambda match: match.group(1) + line, text, count=1), encoding="utf-8")
    # Step 2: its folder, with what there is.
    (content / code).mkdir()
    said = "".join(f"{key}: {value!r}\n" for key, value in phrases.items())
    (content / code / "phrases.yaml").write_text(said, encoding="utf-8")
    # Step 3: its catalogue.
    folder = locale / code / "LC_MESSAGES"
    folder.mkdir(parents=True)
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
    entries = [head]
    for key, value in sorted(texts.items()):
        flag = "#, python-format\n" if "%(" in str(value) else ""
        if isinstance(value, tuple):
            forms = "".join(f'msgstr[{number}] "{form}"\n' for number, form in enumerate(value))
            entries.append(f'{flag}msgid "{key}"\nmsgid_plural "{key}"\n{forms}')
        else:
            entries.append(f'{flag}msgid "{key}"\nmsgstr "{value}"\n')
    (folder / "messages.po").write_text("\n".join(entries), encoding="utf-8")
    return content, locale


@contextmanager
def web_with(service: Any, content: Path, locale: Path) -> Iterator[SimpleNamespace]:
    """A web process in this one, on the parts of the running service, with other content and catalogues."""
    from webwidget import create_app
    from webwidget.widget import texts

    settings = dataclasses.replace(service.settings, content_dir=content, port=free_port(), public_url="")
    before = i18n.catalogue
    i18n.catalogue = lambda language, folder=locale: before(language, folder)  # type: ignore[assignment]
    originals = {name: getattr(texts, name) for name in ("widget_texts", "widget_keys", "plural_examples")}
    for cached in originals.values():
        cached.cache_clear()
    server = make_server("127.0.0.1", settings.port, create_app(settings), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield SimpleNamespace(address=f"http://127.0.0.1:{settings.port}", settings=settings)
    finally:
        server.shutdown()
        i18n.catalogue = before  # type: ignore[assignment]
        for cached in originals.values():
            cached.cache_clear()
