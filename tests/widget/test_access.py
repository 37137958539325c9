"""Everyone can use it: axe on every state, keyboard alone, small screens, big text, forced colours, right to left."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.widget.arabic import ARABIC, PHRASES, add_language, web_with
from tests.widget.browser import PHONE, SMALLEST, Chat, Site

pytestmark = [pytest.mark.service, pytest.mark.browser]

SPACING = (
    "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"
)
#: Elements of the shadow root that stick out sideways, by more than a rounding.
STICKING_OUT = """() => {
  const root = document.querySelector("verkko-apu").shadowRoot, panel = root.querySelector(".panel").getBoundingClientRect();
  return [...root.querySelectorAll(".panel *")].filter((node) => {
    const box = node.getBoundingClientRect();
    return box.width && !node.closest(".vh, svg") && (box.right > panel.right + 1 || box.left < panel.left - 1);
  }).map((node) => node.tagName + "." + node.className);
}"""
#: What is pressed with a finger and is smaller than 44 CSS px both ways, or smaller than 24 anywhere.
TOO_SMALL = """() => {
  const root = document.querySelector("verkko-apu").shadowRoot;
  const found = [...root.querySelectorAll("button, input, textarea, summary, .call, .emergency, .item, [role=option]")];
  return found.filter((node) => node.checkVisibility()).filter((node) => {
    const box = (node.closest("label") || node.parentNode.querySelector(`label[for='${node.id}']`)?.parentNode || node).getBoundingClientRect();
    return box.height < 43.5 || box.width < 43.5;
  }).map((node) => `${node.tagName}.${node.className} ${node.textContent.slice(0, 30)}`);
}"""


def states(chat: Chat):
    """Walk through the states of the panel, by name."""
    yield "greeting"
    chat.say("terveysasema")
    yield "answer"
    chat.say("rintakipu puristaa ja henkeä ahdistaa")
    yield "safety"
    chat.say("asdkjhasd")
    yield "unclear"
    chat.input.press_sequentially("hammasl", delay=10)
    chat.host.get_by_role("option").first.wait_for()
    chat.input.press("ArrowDown")
    yield "suggestions"
    chat.input.press("Escape")
    chat.input.fill("tunnus 131052-308T")
    chat.input.press("Enter")
    yield "identity code"
    chat.input.fill("")
    for name in ("Kieli", "Pyydä takaisinsoitto", "Anna palautetta", "Mitä tiedoilleni tapahtuu?", "Poista keskustelu"):
        chat.menu(name)
        if name in ("Pyydä takaisinsoitto", "Anna palautetta"):
            chat.host.locator(".sheet button[type=submit]").click()
        yield name
        chat.button("Takaisin keskusteluun").click()
    chat.host.locator("header .tool").nth(1).click()
    yield "menu"
    chat.button("Takaisin keskusteluun").click()


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_axe_finds_nothing_in_any_state(site, axe, look):
    options = {"viewport": PHONE, "has_touch": True} if look == "phone" else {"color_scheme": look}
    chat = Chat(site.page(**options))
    axe(chat.page)
    chat.open()
    for state in states(chat):
        chat.page.wait_for_timeout(150)
        try:
            axe(chat.page)
        except AssertionError as error:
            raise AssertionError(f"{state}: {error}") from None


def test_axe_looks_into_the_shadow_root(site, axe):
    chat = Chat(site.page()).open()
    chat.input.evaluate("node => { document.querySelector('verkko-apu').shadowRoot.querySelector('label[for=input]').remove(); }")
    with pytest.raises(AssertionError, match="label"):
        axe(chat.page)


def test_axe_finds_nothing_when_the_service_is_away(site, axe):
    site.expect("net::ERR", "Failed", "TypeError", "Verkkoapu")
    page = site.page()
    page.route(re.compile(r"/api/"), lambda route: route.abort())
    chat = Chat(page)
    chat.launcher.click()
    expect(chat.log.locator(".problem")).to_be_visible()
    axe(page)
    other = site.page()
    other.route(re.compile(r"/widget/v"), lambda route: route.abort())
    Chat(other).launcher.click()
    expect(Chat(other).host.locator(".numbers")).to_be_visible()
    axe(other)


def focused(page: Page) -> str:
    """The accessible description of what has the focus, through the shadow root."""
    return page.evaluate("""() => {
        let node = document.activeElement;
        while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
        return node.getAttribute("aria-label") || node.id || node.textContent.trim().slice(0, 40) || node.tagName;
    }""")


def test_everything_by_keyboard_alone(site):
    page = site.page()
    while focused(page) != "Kysy neuvoa":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    chat = Chat(page)
    chat.input.wait_for()
    expect(chat.input).to_be_focused()
    chat.log.locator(".kind-greeting").wait_for()
    order = []
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        order.append(focused(page))
        if "Sulje ikkuna" in order[-1]:
            break
    assert any(one == "Keskustelu" for one in order), order
    for _ in range(6):
        page.keyboard.press("Shift+Tab")
        order.append(focused(page))
    assert "Valikko" in order and any(one.startswith("FIKieli") or "Kieli" in one for one in order), order
    chat.input.focus()
    page.keyboard.type("terveysasema")
    page.keyboard.press("Enter")
    chat.log.locator(".kind-answer").wait_for()
    expect(chat.input).to_be_focused()
    while focused(page) != "Valikko":
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(chat.host.locator("#sheet-title")).to_be_focused()
    page.keyboard.press("Escape")
    assert focused(page) == "Valikko"
    page.keyboard.press("Escape")
    expect(chat.launcher).to_be_focused()
    expect(chat.panel).to_be_hidden()


def test_focus_comes_back_to_what_opened_a_sheet(site):
    chat = Chat(site.page()).open()
    for opener in (chat.button("Kieli: suomi"), chat.button("Valikko")):
        opener.click()
        expect(chat.host.locator("#sheet-title")).to_be_focused()
        chat.button("Takaisin keskusteluun").click()
        expect(opener).to_be_focused()
    chat.button("Valikko").click()
    chat.button("Anna palautetta").click()
    chat.button("Takaisin keskusteluun").click()
    expect(chat.button("Valikko")).to_be_focused()


def test_on_a_phone_the_panel_is_modal_and_tab_stays_inside(site):
    chat = Chat(site.page(viewport=PHONE)).open()
    expect(chat.panel).to_have_attribute("aria-modal", "true")
    for key in ("Tab", "Shift+Tab"):
        for _ in range(15):
            chat.page.keyboard.press(key)
            assert chat.page.evaluate("document.activeElement.tagName") == "VERKKO-APU"


def test_focus_is_always_visible(site):
    chat = Chat(site.page()).open().say("terveysasema")
    chat.input.focus()
    for _ in range(14):
        chat.page.keyboard.press("Shift+Tab")
        width = chat.page.evaluate("""() => {
            const node = document.activeElement.shadowRoot?.activeElement;
            return node ? getComputedStyle(node).outlineStyle + getComputedStyle(node).outlineWidth : "solid3px";
        }""")
        assert width == "solid3px", (focused(chat.page), width)


@pytest.mark.parametrize("size", [SMALLEST, {"width": 320, "height": 568}, PHONE], ids=["320x256", "320x568", "390x844"])
def test_small_screens_lose_nothing_and_do_not_scroll_sideways(site, size):
    chat = Chat(site.page(viewport=size)).open()
    for state in states(chat):
        assert chat.page.evaluate(STICKING_OUT) == [], state
        assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), state
        if not chat.host.locator(".sheet").count():
            chat.input.scroll_into_view_if_needed()
            expect(chat.input).to_be_in_viewport()


@pytest.mark.parametrize("how", ["own text size", "spacing"])
def test_double_text_and_wide_spacing_lose_nothing(site, how):
    chat = Chat(site.page(viewport={"width": 1280, "height": 800})).open()
    if how == "own text size":
        chat.host.locator("header .tool").nth(1).click()
        for _ in range(3):
            chat.button("Suurenna tekstiä").click()
        chat.button("Takaisin keskusteluun").click()
    else:
        chat.page.evaluate(
            """css => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(css);
            const root = document.querySelector("verkko-apu").shadowRoot;
            root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
        }""",
            SPACING,
        )
    for state in states(chat):
        assert chat.page.evaluate(STICKING_OUT) == [], state


def test_targets_are_large_enough_for_fingers(site):
    chat = Chat(site.page(viewport=PHONE, has_touch=True)).open()
    for state in states(chat):
        assert chat.page.evaluate(TOO_SMALL) == [], state


def test_forced_colours_and_reduced_motion(site, axe):
    chat = Chat(site.page(forced_colors="active", reduced_motion="reduce")).open().say("terveysasema")
    border = chat.log.locator(".body").first.evaluate("node => getComputedStyle(node).borderTopStyle")
    assert border == "solid"
    motion = chat.host.locator(".typing .dots i").first.evaluate("node => getComputedStyle(node).animationName")
    assert motion == "none"
    axe(chat.page)


def test_messages_carry_their_language(site):
    page = site.page("/en/")
    chat = Chat(page, "en").open().say("health centre")
    expect(chat.log.locator(".kind-answer .body").first).to_have_attribute("lang", "en")
    expect(chat.panel).to_have_attribute("lang", "en")
    expect(chat.log.locator(".msg.own .body").first).to_have_attribute("lang", "en")


def test_right_to_left_language(browser, service, axe, tmp_path):
    content, locale = add_language(tmp_path, "ar", "العربية", "rtl", ARABIC, PHRASES)
    with web_with(service, content, locale) as web:
        site = Site(browser, web)
        page = site.host_page(
            '<!doctype html><html lang="ar" dir="rtl"><title>t</title><main><h1>صفحة</h1></main>'
            f'<script src="{web.address}/widget.js" defer></script>'
        )
        chat = Chat(page, "ar").open()
        expect(chat.panel).to_have_attribute("dir", "rtl")
        expect(chat.log.locator(".kind-greeting .body").first).to_have_attribute("dir", "rtl")
        assert chat.panel.evaluate("node => node.getBoundingClientRect().left") < 100
        send = chat.host.locator(".composer .send").bounding_box()
        field = chat.input.bounding_box()
        assert send and field and send["x"] < field["x"]
        assert page.evaluate(STICKING_OUT) == []
        axe(page)
        chat.say("health centre")
        expect(chat.log.locator(".kind-answer .body").last).to_have_attribute("dir", "ltr")
        axe(page)
        site.close()
