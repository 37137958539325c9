"""The help pages in a browser: without JavaScript, for everyone, on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.widget.browser import PHONE, SMALLEST, Chat

pytestmark = [pytest.mark.service, pytest.mark.browser]
PAGES = (
    "/fi/",
    "/sv/for/seniors",
    "/en/health-centre",
    "/fi/mental-crisis",
    "/fi/search?q=hammas",
    "/sv/contacts?municipality=lohja",
    "/en/ask",
    "/fi/callback",
    "/sv/accessibility",
    "/en/privacy",
    "/fi/no-such-page",
    "/ru/fees",
)
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"


@pytest.mark.parametrize("look", ["light", "dark", "phone", "forced"])
def test_axe_finds_nothing_on_any_page(site, axe, look):
    site.expect("404")
    options = {"light": {}, "dark": {"color_scheme": "dark"}, "phone": {"viewport": PHONE}, "forced": {"forced_colors": "active"}}[look]
    page = site.page(None, **options)
    for path in PAGES:
        page.goto(site.service + path)
        axe(page)


def test_a_question_is_asked_and_answered_without_javascript(site):
    page = site.page(None, java_script_enabled=False)
    page.goto(site.service + "/fi/")
    page.get_by_role("link", name="Kysy neuvoa").first.click()
    page.get_by_label("Mitä asiasi koskee?").fill("miten varaan ajan hammaslääkäriin")
    page.get_by_role("button", name="Hae vastaus").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vastaus")
    expect(page.locator(".card").first).to_be_visible()
    page.get_by_role("link", name="Yhteystiedot").first.click()
    page.get_by_label("Kunta").select_option("lohja")
    page.get_by_role("button", name="Näytä").click()
    expect(page.get_by_role("heading", level=2, name="Lohja")).to_be_visible()


def test_a_call_back_is_asked_without_javascript(site):
    page = site.page(None, java_script_enabled=False)
    page.goto(site.service + "/sv/callback")
    page.get_by_label("Ditt telefonnummer").fill("040 123 4567")
    page.get_by_role("radio").first.check()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Skicka begäran").click()
    expect(page.get_by_role("status")).to_be_visible()


def test_the_answer_of_a_form_has_no_axe_finding(site, axe):
    page = site.page(None)
    for question in ("terveysasema", "rintakipu puristaa ja henkeä ahdistaa", "asdkjhasd"):
        page.goto(site.service + "/fi/ask")
        page.get_by_label("Mitä asiasi koskee?").fill(question)
        page.get_by_role("button", name="Hae vastaus").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Vastaus")
        axe(page)


@pytest.mark.parametrize("size", [SMALLEST, PHONE], ids=["320x256", "390x844"])
def test_small_screens_do_not_scroll_sideways(site, size):
    site.expect("404")
    page = site.page(None, viewport=size)
    for path in PAGES:
        page.goto(site.service + path)
        assert not page.evaluate(SIDEWAYS), path


def test_skip_link_leads_to_the_content(site):
    page = site.page(None)
    page.goto(site.service + "/fi/fees")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Siirry sisältöön")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_on_paper_stands_the_text_and_not_the_navigation(site):
    page = site.page(None)
    page.goto(site.service + "/fi/fees")
    page.emulate_media(media="print")
    for hidden in (".pages", ".languages", ".ask", "verkko-apu"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator("article")).to_be_visible()
    expect(page.locator(".strip")).to_be_visible()


def test_the_widget_works_on_the_help_pages_under_their_own_policy(site):
    page = site.page(None)
    page.goto(site.service + "/fi/fees")
    chat = Chat(page).open().say("terveysasema")
    expect(chat.log.locator(".kind-answer")).to_be_visible()
