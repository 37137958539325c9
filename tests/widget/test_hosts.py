"""Host pages that are strict, hostile or simply different; neither side disturbs the other."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.widget.browser import Chat

pytestmark = [pytest.mark.service, pytest.mark.browser]


def page_with(service: str, *, head: str = "", body: str = "<h1>Sivu</h1><p>Teksti</p>", html: str = 'lang="fi"', attributes: str = "") -> str:
    return (
        f'<!doctype html><html {html}><head><meta charset="utf-8"><title>Isäntä</title><link rel="icon" href="data:,">{head}'
        f'<script src="{service}/widget.js" {attributes} defer></script></head><body>{body}</body></html>'
    )


def test_works_under_a_strict_policy_without_inline_anything(site):
    policy = (
        f"default-src 'none'; script-src 'self' {site.service}; style-src 'self' {site.service}; connect-src 'self' {site.service}; "
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )
    page = site.host_page(page_with(site.service), headers={"Content-Security-Policy": policy})
    chat = Chat(page).open().say("terveysasema")
    expect(chat.log.locator(".kind-answer")).to_be_visible()
    assert chat.panel.evaluate("node => getComputedStyle(node).display") == "flex"
    assert chat.launcher.evaluate("node => getComputedStyle(node).borderRadius") != "0px"
    chat.host.locator("header .tool").nth(1).click()
    expect(chat.host.locator(".sheet")).to_be_visible()


HOSTILE = """<style>
* { all: unset !important; color: lime !important; font-size: 40px !important; display: inline !important; }
verkko-apu, html verkko-apu { display: none !important; transform: rotate(45deg) !important; opacity: 0 !important;
  width: 1px !important; visibility: hidden !important; pointer-events: none !important; }
body { transform: scale(0.5); filter: grayscale(1); overflow: hidden; }
#overlay { display: block !important; position: fixed !important; inset: 0 !important; z-index: 2147483647 !important; }
</style>"""


def test_hostile_styles_and_a_highest_overlay_do_not_reach_it(site):
    page = site.host_page(page_with(site.service, head=HOSTILE, body="<h1>Sivu</h1><div id=overlay></div>"))
    chat = Chat(page).open()
    box = chat.launcher.evaluate("node => node.parentNode.querySelector('.panel').getBoundingClientRect().toJSON()")
    assert box["right"] <= 1280 and box["bottom"] <= 800 and box["width"] > 300
    style = chat.input.evaluate("node => [getComputedStyle(node).color, getComputedStyle(node).fontSize]")
    assert style[1] == "16px" and style[0] != "rgb(0, 255, 0)"
    assert page.evaluate("document.elementFromPoint(1100, 600).tagName") == "VERKKO-APU"


def test_host_with_tiny_root_font_and_large_browser_text(site):
    page = site.host_page(page_with(site.service, head="<style>html{font-size:62.5%}</style>"))
    chat = Chat(page).open()
    assert chat.input.evaluate("node => getComputedStyle(node).fontSize") == "16px"


def test_host_page_is_not_moved_or_changed(site):
    html = page_with(site.service, head="<style>p{margin:1em}</style>", body="<h1>Sivu</h1><p id=x>Teksti</p><div style='height:2000px'></div>")
    page = site.host_page(html)
    expect(Chat(page).launcher).to_be_visible()
    before = page.evaluate("[JSON.stringify(document.querySelector('#x').getBoundingClientRect()), scrollY, Object.keys(window).length]")
    Chat(page).open().say("terveysasema")
    after = page.evaluate("[JSON.stringify(document.querySelector('#x').getBoundingClientRect()), scrollY, Object.keys(window).length]")
    assert before == after
    shifts = page.evaluate("""() => new Promise((done) => {
        const found = [], moved = (entry) => entry.sources.map((one) => one.node?.nodeName + "." + one.node?.className);
        const watch = new PerformanceObserver((list) => found.push(...list.getEntries().flatMap(moved)));
        watch.observe({type: "layout-shift", buffered: true});
        setTimeout(() => done(found), 300);
    })""")
    assert shifts == []


OLD_SCRIPTS = """<script>
Array.prototype.remove = function () {}; Object.prototype.extra = function () {};
String.prototype.trim = function () { return this.replace(/^ +| +$/g, ''); };
window.$ = window.jQuery = function () { return { ready: function () {} }; };
document.addEventListener('keydown', function (event) { window.keys = (window.keys || 0) + 1; });
</script>"""


def test_host_with_old_scripts_that_extend_everything(site):
    page = site.host_page(page_with(site.service, head=OLD_SCRIPTS))
    chat = Chat(page).open().say("terveysasema")
    expect(chat.log.locator(".kind-answer")).to_be_visible()


def test_right_to_left_host_keeps_its_direction_and_the_panel_its_own(site):
    page = site.host_page(page_with(site.service, html='lang="ar" dir="rtl"', attributes='data-language="fi"'))
    chat = Chat(page).open()
    expect(chat.panel).to_have_attribute("dir", "ltr")
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    assert chat.panel.evaluate("node => node.getBoundingClientRect().right") > 1200


def test_script_twice_and_script_in_the_head_make_one_launcher(site):
    twice = f'<script src="{site.service}/widget.js"></script>'
    page = site.host_page(page_with(site.service, head=twice, body="<h1>Sivu</h1>" + twice))
    expect(page.locator("verkko-apu")).to_have_count(1)
    expect(Chat(page).launcher).to_be_visible()


def test_colours_of_the_host_are_used_only_when_they_can_be_read(site):
    good = site.host_page(page_with(site.service, head="<style>:root{--verkkoapu-accent:#004d40;--verkkoapu-on-accent:#ffffff}</style>"))
    header = Chat(good).open().host.locator("header")
    assert header.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(0, 77, 64)"
    site.expect("differ too little")
    bad = site.host_page(page_with(site.service, head="<style>:root{--verkkoapu-accent:#ffff88;--verkkoapu-on-accent:#ffffff}</style>"))
    header = Chat(bad).open().host.locator("header")
    assert header.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(13, 74, 117)"


def test_without_javascript_the_host_page_is_as_it_was(site):
    page = site.page("/fi/", java_script_enabled=False)
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("verkko-apu")).to_have_count(0)


def test_site_that_is_not_listed_gets_numbers_instead_of_a_conversation(site):
    """The service does not answer a page of an unknown origin; the panel then shows whom to call."""
    site.expect("CORS", "net::ERR", "Access-Control")
    other = site.demo.replace("127.0.0.1", "unlisted.localhost")
    page = site.page(None)
    site.problems.clear()
    site.expect("third party: http://unlisted.localhost")
    page.route(f"{other}/host", lambda route: route.fulfill(body=page_with(site.service), content_type="text/html"))
    page.goto(other + "/host")
    chat = Chat(page)
    chat.launcher.click()
    expect(chat.log).to_contain_text("Palveluun ei saada nyt yhteyttä")
