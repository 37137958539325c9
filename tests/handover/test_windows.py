"""A resident's window and two counsellors' consoles at once, the consoles in Chromium, by keyboard."""

from __future__ import annotations

import re
import shutil

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.handover.conftest import PASSWORD
from verkkoapu.handover.accounts import Account
from verkkoapu.handover.people import Resident

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def console(web, chromium):
    """Opens a console for a new counsellor; no page may report an error or break its policy."""
    contexts, problems = [], []

    def open_console(name: str, language: str = "fi", **fields) -> Page:
        web.accounts.save(Account(id=name, name=name.title(), **{"languages": ("fi", "sv"), **fields}), PASSWORD)
        context = chromium.new_context(locale=language, viewport={"width": 1400, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{web.address}/console")
        page.locator("#username").fill(name)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("#who")).to_contain_text(name.title())
        return page

    yield open_console
    for context in contexts:
        context.close()
    # A claim that somebody else won, and what a test blocks itself, is told as an error by the browser too; nothing else is.
    assert not [problem for problem in problems if not re.search("409|503|ERR_FAILED", problem)]


def available(page: Page) -> Page:
    expect(page.locator("#work")).to_be_visible()
    page.keyboard.press("Alt+P")
    expect(page.locator("[name=presence][value=available]")).to_be_checked()
    return page


def test_a_resident_and_two_counsellors_at_once(web, console):
    aino, eero = available(console("aino")), available(console("eero", "sv"))
    resident = Resident(web.address, "fi", "https://www.luvn.fi/hammas")
    resident.listen()
    resident.ask_person(topic="dental-care")
    for page in (aino, eero):
        expect(page.locator("#queue li")).to_have_count(1)
    expect(eero.locator("#queue-title")).to_contain_text("Kö")
    # Both press the same key for the same resident: one gets it, the other sees the queue empty.
    for page in (aino, eero):
        page.keyboard.press("Alt+N")
    resident.wait_for(lambda: resident.state["state"] == "live")
    has_it, other = (aino, eero) if resident.state["counsellor"]["name"] == "Aino" else (eero, aino)
    expect(has_it.locator(".conversation")).to_have_count(1)
    for page in (has_it, other):
        expect(page.locator("#queue li")).to_have_count(0)
    expect(other.locator(".conversation")).to_have_count(0)
    # The text field has the focus: type, Enter, and the resident reads it.
    expect(has_it.locator(".conversation textarea")).to_be_focused()
    has_it.keyboard.type("Hei, miten voin auttaa?")
    has_it.keyboard.press("Enter")
    resident.wait_for(lambda: "Hei, miten voin auttaa?" in resident.texts("counsellor"))
    message = has_it.locator(".message.counsellor", has_text="miten voin")
    expect(message).to_have_attribute("data-id", re.compile(r"\d+-\d+"))
    expect(message.locator(".status")).to_have_text(re.compile("perillä|framme"))
    resident.call("POST", resident.path("seen"), {"id": resident.order[-1]})
    expect(message.locator(".status")).to_have_text(re.compile("nähty|sett"))
    resident.call("POST", resident.path("typing"), {})
    expect(has_it.locator(".typing")).not_to_be_empty()
    resident.send("<b>Särkee</b> & kovaa")
    expect(has_it.locator(".message.resident").last).to_contain_text("<b>Särkee</b> & kovaa")
    # A note by keyboard: the resident never sees it.
    has_it.keyboard.press("Alt+I")
    has_it.keyboard.type("vain meille")
    has_it.keyboard.press("Tab")
    has_it.keyboard.press("Enter")
    expect(has_it.locator(".message.note")).to_contain_text("vain meille")
    # Passed on to the colleague, who sees the note and everything before.
    has_it.keyboard.press("Alt+T")
    name = "Eero" if has_it is aino else "Aino"
    has_it.locator("dialog select").first.select_option(name.lower())
    has_it.locator("dialog button[type=submit]").click()
    expect(has_it.locator(".gone")).to_be_visible()
    expect(other.locator(".conversation .note")).to_contain_text("vain meille")
    resident.wait_for(lambda: resident.state.get("counsellor", {}).get("name") == name)
    # Ended with a reason; the resident hears it, the console keeps what was said until it is put away.
    other.locator(".conversation textarea").focus()
    other.keyboard.press("Alt+C")
    other.locator("dialog button[type=submit]").click()
    resident.wait_for(lambda: resident.state["state"] == "closed")
    expect(other.locator(".gone")).to_be_visible()
    assert not any("vain meille" in text for text in resident.texts("counsellor"))
    resident.stop()


def test_side_by_side_with_unread_marks_title_alarm_and_erasing(web, console):
    page = available(console("maija"))
    residents = [Resident(web.address, "fi") for _ in range(2)]
    for resident in residents:
        resident.ask_person()
    expect(page.locator("#queue li")).to_have_count(2)
    page.keyboard.press("Alt+N")
    expect(page.locator(".conversation")).to_have_count(1)
    page.keyboard.press("Alt+N")
    expect(page.locator(".conversation")).to_have_count(2)
    expect(page.locator(".message.system", has_text="vastaa sinulle nyt")).to_have_count(2)
    first, second = page.locator(".conversation").nth(0), page.locator(".conversation").nth(1)
    expect(second).to_have_class(re.compile("current"))
    residents[0].send("oletteko siellä")
    expect(first.locator(".unread")).to_have_text("1")
    expect(page).to_have_title(re.compile(r"^\(1\)"))
    page.keyboard.press("Alt+M")
    expect(page).not_to_have_title(re.compile(r"^\("))
    page.keyboard.press("Alt+M")
    page.keyboard.press("Alt+J")
    expect(first.locator("textarea")).to_be_focused()
    expect(first.locator(".unread")).to_be_empty()
    residents[1].send("haluan kuolla tänä iltana")
    expect(second).to_have_class(re.compile("alarm"))
    expect(page.locator("#urgent")).not_to_be_empty()
    expect(second.locator(".message.alarm")).to_have_count(1)
    residents[0].call("DELETE", f"/api/conversations/{residents[0].id}")
    expect(first.locator(".gone")).to_be_visible()
    expect(first.locator(".message")).to_have_count(0)


def test_a_send_that_fails_stays_and_goes_once_when_tried_again(web, console):
    page = available(console("sitkea"))
    resident = Resident(web.address, "fi")
    resident.ask_person()
    page.locator("#claim-next").click()
    expect(page.locator(".conversation textarea")).to_be_focused()
    page.route("**/messages", lambda route: route.fulfill(status=503, json={"error": {"code": "unavailable", "message": "ei nyt"}}))
    page.keyboard.type("tärkeä viesti")
    page.keyboard.press("Enter")
    expect(page.locator("[data-pending]")).to_have_attribute("data-status", "sending")
    expect(page.locator("[data-pending]")).to_have_attribute("data-status", "failed")
    page.unroute("**/messages")
    page.locator("[data-pending] button").first.click()
    expect(page.locator("[data-pending]")).to_have_count(0)
    expect(page.locator(".message.counsellor", has_text="tärkeä viesti")).to_have_count(1)
    assert [message["text"] for message in resident.poll()["messages"] if message["from"] == "counsellor"] == ["tärkeä viesti"]


def test_ready_answers_in_the_residents_language_call_backs_and_own_shortcuts(web, console):
    page = available(console("ruotsi", "en"))
    resident = Resident(web.address, "sv")
    resident.ask_person(topic="dental-care")
    resident.call("POST", resident.path("callback"), {"phone": "0401234567", "topic": "dental-care", "when": "today-pm", "consent": True})
    page.locator("#claim-next").click()
    expect(page.locator(".conversation textarea")).to_be_focused()
    page.keyboard.press("Alt+R")
    expect(page.locator("dialog [lang=sv]").first).to_be_visible()
    page.locator("dialog summary").first.click()
    page.locator("dialog details button").first.click()
    assert len(page.locator(".conversation textarea").input_value()) > 40
    expect(page.locator(".conversation textarea")).to_be_focused()
    page.keyboard.press("Alt+H")
    page.get_by_role("button", name="Change: Open call-backs").click()
    page.keyboard.press("Control+Shift+KeyY")
    expect(page.locator("dialog [role=status]")).to_contain_text("Ctrl+Shift+Y")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Shift+KeyY")
    expect(page.locator("dialog")).to_contain_text("040 1234567")
    page.locator("dialog").get_by_role("button", name="Done").click()
    expect(page.locator("dialog")).to_contain_text("There are no call-backs")
    page.keyboard.press("Escape")
    # A page that is loaded again has everything still: log-in, conversation, the words not sent yet.
    page.reload()
    expect(page.locator(".conversation")).to_have_count(1)
    assert len(page.locator(".conversation textarea").input_value()) > 40


def test_where_streams_are_blocked_the_console_asks_instead(web, console):
    page = console("tulppa")
    page.route("**/api/console/events*", lambda route: route.abort())
    page.reload()
    available(page)
    expect(page.locator("#connection")).to_contain_text("haetaan", timeout=30_000)
    resident = Resident(web.address, "fi")
    resident.ask_person()
    expect(page.locator("#queue li")).to_have_count(1, timeout=20_000)
    page.locator("#claim-next").click()
    resident.send("kulkeeko tämä")
    expect(page.locator(".message.resident", has_text="kulkeeko")).to_have_count(1, timeout=20_000)


def test_every_control_has_a_name_and_the_page_has_its_landmarks(web, console):
    page = available(console("esteeton"))
    resident = Resident(web.address, "fi")
    resident.ask_person()
    page.locator("#claim-next").click()
    expect(page.locator(".conversation")).to_have_count(1)
    nameless = page.evaluate("""() => [...document.querySelectorAll("button, input, select, textarea, a[href]")].filter((element) => {
      if (!element.checkVisibility()) return false;
      const labels = element.labels ? [...element.labels].map((label) => label.textContent).join("") : "";
      return !(element.getAttribute("aria-label") || labels || element.textContent).trim();
    }).map((element) => element.outerHTML)""")
    assert nameless == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((element) => element.id)")
    assert len(ids) == len(set(ids))
    assert page.locator("main, nav, header.top").count() == 3 and page.locator("[role=log]").count() == 1
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("document.activeElement !== document.body")
