"""`verkkoapu messages`: a small project whose code and catalogues do not fit together."""

from __future__ import annotations

import shutil

import pytest

from verkkoapu.content.messages import check_messages, update_catalogues
from verkkoapu.content.messages.keys import used_keys
from verkkoapu.errors import ContentError
from verkkoapu.settings import PROJECT_DIR

HEADER = 'msgid ""\nmsgstr ""\n"Project-Id-Version: verkkoapu\\n"\n"Language: {language}\\n"\n"MIME-Version: 1.0\\n"\n' \
         '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n' \
         '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
ENTRIES = """\
msgid "charge.free"
msgstr "{language} free"

#, python-format
msgid "chat.hello"
msgstr "{language} hello %(name)s"

msgid "chat.waiting"
msgid_plural "chat.waiting"
msgstr[0] "{language} one"
msgstr[1] "{language} many"
"""
CODE = """\
from verkkoapu.i18n import translate, translate_plural

def say(language, kind, late):
    translate("chat.hello", language, name="A")
    translate_plural("chat.waiting", 2, language)
    return translate(f"charge.{kind}", language)
"""


class Shop:
    """A project with one module and two catalogues."""

    def __init__(self, root):
        self.root = root
        self.write("verkkoapu/say.py", CODE)
        self.write("verkkoapu/locale/dynamic-keys.txt", "charge.   # say.py\n")
        for language in ("fi", "sv"):
            self.catalogue(language, ENTRIES.format(language=language))

    def write(self, file, text):
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def catalogue(self, language, entries):
        self.write(f"verkkoapu/locale/{language}/LC_MESSAGES/messages.po", HEADER.format(language=language) + entries)

    def change(self, language, old, new):
        text = ENTRIES.format(language=language)
        assert old in text
        self.catalogue(language, text.replace(old, new))

    def found(self, message):
        findings = check_messages(self.root)
        matching = [finding for finding in findings if message in finding.message]
        assert len(matching) == 1, [str(finding) for finding in findings]
        return matching[0]


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


def test_code_and_catalogues_that_fit_have_no_finding(shop):
    assert check_messages(shop.root) == []


def test_key_that_stands_in_no_catalogue(shop):
    shop.write("webwidget/view.py", 'def show(t, late):\n    return t("chat.late" if late else "chat.hello")\n')
    findings = [finding for finding in check_messages(shop.root) if "'chat.late' is missing; webwidget/view.py:2" in finding.message]
    assert [finding.file for finding in findings] == [f"verkkoapu/locale/{one}/LC_MESSAGES/messages.po" for one in ("fi", "sv")]
    assert "make messages" in findings[0].fix


@pytest.mark.parametrize(("file", "code"), [
    ("webwidget/page.html", '<p>{{ t("chat.gone") }}</p>'), ("webwidget/panel.js", 'this.texts.get("chat.gone", { count })'),
    ("webwidget/panel.mjs", "line('chat.gone')"), ("actions/actions.py", 'i18n.translate("chat.gone", "fi")'),
])
def test_keys_of_templates_and_scripts_are_wanted_too(shop, file, code):
    shop.write(file, code)
    assert any("'chat.gone' is missing" in finding.message and f"{file}:1" in finding.message for finding in check_messages(shop.root))


def test_file_names_and_events_in_scripts_are_no_keys(shop):
    shop.write("webwidget/panel.js", 'import { x } from "./chat.js"; emit("conversation.closed");')
    assert check_messages(shop.root) == []


def test_keys_put_together_must_be_declared(shop):
    shop.write("webwidget/panel.js", "// one\nt.get(`chat.state_${state}`);\n")
    finding = shop.found("The keys that begin with 'chat.state_'")
    assert (finding.file, finding.line) == ("webwidget/panel.js", 2) and "dynamic-keys.txt" in finding.fix


def test_templates_that_leave_the_beginning_out(shop):
    shop.write("verkkoapu/locale/dynamic-keys.txt", "charge.\nchat.  webwidget/help  t tn\n")
    shop.write("webwidget/help/page.html", '{{ t("hello") }} {{ tn("waiting", 2) }}\n{{ t("gone") }}')
    findings = [finding for finding in check_messages(shop.root) if "'chat.gone' is missing; webwidget/help/page.html:2" in finding.message]
    assert len(findings) == 2
    assert used_keys(shop.root).plural == {"chat.waiting"}


def test_unused_text(shop):
    shop.write("verkkoapu/say.py", CODE.replace('translate("chat.hello", language, name="A")', "pass"))
    findings = [finding for finding in check_messages(shop.root) if "No code uses the text 'chat.hello'" in finding.message]
    assert [finding.severity for finding in findings] == ["warning", "warning"] and findings[0].line == 14


def test_untranslated_and_doubtful_texts(shop):
    shop.change("sv", '"sv free"', '""')
    assert shop.found("'charge.free' is not translated").line == 10
    shop.change("sv", "#, python-format", "#, fuzzy, python-format")
    assert shop.found("'chat.hello' is marked as doubtful").line == 14


def test_placeholders_that_differ(shop):
    shop.change("sv", "%(name)s", "%(namn)s")
    finding = shop.found("'chat.hello' has the placeholders namn; fi has name")
    assert (finding.file, finding.line, finding.severity) == ("verkkoapu/locale/sv/LC_MESSAGES/messages.po", 14, "error")


def test_plural_forms(shop):
    shop.change("sv", 'msgid_plural "chat.waiting"\nmsgstr[0] "sv one"\nmsgstr[1] "sv many"', 'msgstr "sv many"')
    finding = shop.found("'chat.waiting' has no plural forms; verkkoapu/say.py:5 counts with it")
    assert "msgid_plural" in finding.fix


def test_catalogue_with_an_open_quote_is_named_and_not_rewritten(shop):
    shop.catalogue("sv", 'msgid "chat.hello"\nmsgstr "x\n')
    before = (shop.root / "verkkoapu/locale/sv/LC_MESSAGES/messages.po").read_bytes()
    finding = shop.found("A quote is missing on this line")
    assert (finding.file, finding.line) == ("verkkoapu/locale/sv/LC_MESSAGES/messages.po", 11)
    with pytest.raises(ContentError):
        update_catalogues(shop.root)
    assert (shop.root / "verkkoapu/locale/sv/LC_MESSAGES/messages.po").read_bytes() == before


def test_update_adds_what_is_missing_and_sorts_and_changes_no_text(shop):
    shop.write("webwidget/view.py", 'translate("chat.late", "fi")\ntranslate_plural("chat.again", 1, "fi")\n')
    entry = 'msgid "charge.free"\nmsgstr "sv free"\n'
    shop.catalogue("sv", ENTRIES.format(language="sv").replace(entry + "\n", "") + "\n" + entry)
    assert update_catalogues(shop.root) == {"fi": ["chat.again", "chat.late"], "sv": ["chat.again", "chat.late"]}
    text = (shop.root / "verkkoapu/locale/sv/LC_MESSAGES/messages.po").read_text(encoding="utf-8")
    keys = [line for line in text.splitlines() if line.startswith("msgid ") and line != 'msgid ""']
    assert keys == sorted(keys) and len(keys) == 5
    assert 'msgid "chat.late"\nmsgstr ""' in text and 'msgid_plural "chat.again"\nmsgstr[0] ""\nmsgstr[1] ""' in text
    assert '#, python-format\nmsgid "chat.hello"\nmsgstr "sv hello %(name)s"' in text
    assert update_catalogues(shop.root) == {}
    assert [finding.message for finding in check_messages(shop.root) if "sv" in finding.file] == [
        "The text 'chat.again' is not translated.", "The text 'chat.late' is not translated."]


def test_update_leaves_the_projects_own_texts_as_they_are(tmp_path):
    locale = tmp_path / "locale"
    shutil.copytree(PROJECT_DIR / "verkkoapu" / "locale", locale)

    def texts():
        from babel.messages.pofile import read_po

        return {(path.parent.parent.name, str(message.id)): message.string for path in locale.glob("*/LC_MESSAGES/*.po")
                for message in read_po(path.open("rb")) if message.id and message.string}

    before = texts()
    update_catalogues(locale=locale)
    assert texts().items() >= before.items()
    assert update_catalogues(locale=locale) == {}
