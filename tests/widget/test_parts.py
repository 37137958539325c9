"""What the widget is served from: sizes, texts, versions. No browser."""

from __future__ import annotations

import json
import re

import brotli
import pytest
import requests

from tests.widget.arabic import ARABIC, PHRASES, add_language, web_with
from verkkoapu.i18n import catalogue
from webwidget.widget import parts
from webwidget.widget.texts import plural_examples, widget_keys, widget_texts

LOADER_LIMIT = 4096
PANEL_LIMIT = 30 * 1024


def test_texts_that_modules_use_are_those_of_the_catalogues():
    source = "".join(parts.read(name) for name in parts.names())
    used = set(re.findall(r'"(widget\.[a-z_0-9]+)"', source))
    made = [f"widget.{kind}_" for kind in ("status", "mask")]
    known = {key for key, _plural in widget_keys()}
    loader = {"widget.launcher", "widget.unreachable", "widget.try_again", "widget.close", "widget.loading"}
    assert used - known == set()
    rest = {key for key in known - used - loader if not any(key.startswith(one) for one in made)}
    assert rest == set()


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_text_stands_in_every_language_with_the_same_names_in_it(language):
    own = catalogue(language)
    assert own is not None
    for key, _plural in widget_keys():
        message = own.get(key)
        assert message is not None and message.string, (language, key)
    texts, finnish = widget_texts(language), widget_texts("fi")
    for key, text in texts.items():
        placeholders = lambda said: set(re.findall(r"%\(\w+\)s", json.dumps(said)))  # noqa: E731
        assert placeholders(text) == placeholders(finnish[key]), key


def test_plural_forms_are_named_as_browsers_name_them():
    assert set(plural_examples("fi")) == {"one", "other"}
    assert set(plural_examples("ar")) == {"zero", "one", "two", "few", "many", "other"}
    assert set(plural_examples("ru")) == {"one", "few", "many", "other"}
    assert widget_texts("en")["widget.unread"] == {"one": "%(count)s new message", "other": "%(count)s new messages"}


def test_no_word_for_people_stands_in_the_modules():
    """Texts come from the catalogues: whatever letters outside comments a person could read come from there."""
    for name in parts.names():
        if name.endswith(".css"):
            continue
        code = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", parts.read(name), flags=re.DOTALL)
        assert not re.findall(r"[äöåÄÖÅ\u0600-\u06ff]", code), name


@pytest.mark.service
def test_loader_and_panel_keep_within_their_bytes(service):
    loader = requests.get(f"{service.address}/widget.js", headers={"Accept-Encoding": "identity"}, timeout=10).content
    assert len(brotli.compress(loader)) <= LOADER_LIMIT
    sizes = {name: len(brotli.compress(parts.read(name).encode())) for name in parts.names() if name != "widget.js"}
    for language in ("fi", "sv", "en"):
        texts = requests.get(f"{service.address}/widget/texts/{language}.json", headers={"Accept-Encoding": "identity"}, timeout=10).content
        assert sum(sizes.values()) + len(brotli.compress(texts)) <= PANEL_LIMIT, (sizes, len(brotli.compress(texts)))


@pytest.mark.service
def test_parts_are_kept_long_under_their_own_digest_and_short_under_another(service):
    fresh = requests.get(f"{service.address}/widget/{parts.version()}/panel.js", timeout=10)
    assert fresh.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert fresh.headers["Access-Control-Allow-Origin"] == "*"
    assert fresh.headers["Content-Encoding"] in ("br", "gzip")
    old = requests.get(f"{service.address}/widget/v000000000000/panel.js", timeout=10)
    assert old.headers["Cache-Control"] == "public, max-age=60"
    again = requests.get(fresh.url, headers={"If-None-Match": fresh.headers["ETag"]}, timeout=10)
    assert again.status_code == 304
    assert requests.get(f"{service.address}/widget/{parts.version()}/../../turns.py", timeout=10).status_code == 404


@pytest.mark.service
def test_the_loader_holds_the_numbers_of_every_language(service, content):
    loader = requests.get(f"{service.address}/widget.js", timeout=10).text
    for number in ("112", "116117"):
        assert f'["{number}","{number}"]' in loader
    for language in content.languages:
        assert content.contacts["emergency-112"].names[language] in loader


@pytest.mark.service
def test_a_made_up_language_needs_a_folder_and_a_catalogue_and_no_code(service, tmp_path):
    """docs/languages.md, step by step, with a language nobody speaks."""
    words = {"widget.send": "Zend", "widget.launcher": "Azk", "help.home_title": "Kan vi zelp?"}
    content, locale = add_language(tmp_path, "qzz", "Zzz", "ltr", words, {"greeting": "Zello. 112."})
    with web_with(service, content, locale) as web:
        texts = requests.get(f"{web.address}/widget/texts/qzz.json", timeout=10).json()
        assert texts["texts"]["widget.send"] == "Zend"
        assert texts["texts"]["widget.cancel"] == catalogue("fi").get("widget.cancel").string  # type: ignore[union-attr]
        assert {"id": "qzz", "name": "Zzz", "dir": "ltr"} in texts["languages"]
        page = requests.get(f"{web.address}/qzz/", timeout=10).text
        assert "Kan vi zelp?" in page and '<html lang="qzz"' in page
        topic = requests.get(f"{web.address}/qzz/fees", timeout=10).text
        assert 'article lang="en"' in topic and f'<link rel="canonical" href="{web.address}/en/fees">' in topic
        opened = requests.post(f"{web.address}/api/conversations", json={"language": "qzz", "page": None}, timeout=10).json()
        assert opened["language"] == "qzz" and opened["messages"][0]["text"].startswith("Zello")
        assert "Azk" in requests.get(f"{web.address}/widget.js", timeout=10).text


@pytest.mark.service
def test_direction_of_a_language_is_told(service, tmp_path):
    content, locale = add_language(tmp_path, "ar", "العربية", "rtl", ARABIC, PHRASES)
    with web_with(service, content, locale) as web:
        assert '<html lang="ar" dir="rtl">' in requests.get(f"{web.address}/ar/", timeout=10).text
        texts = requests.get(f"{web.address}/widget/texts/ar.json", timeout=10).json()
        assert set(texts["texts"]["widget.contacts_count"]) == {"zero", "one", "two", "few", "many", "other"}
