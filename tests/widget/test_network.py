"""Weak links: no service, a part that fails, a stream that is cut, no network for a while."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.widget.browser import Chat, kept

pytestmark = [pytest.mark.service, pytest.mark.browser]


def test_numbers_show_when_nothing_but_the_loader_arrives(site):
    site.expect("net::ERR", "Failed to fetch", "TypeError")
    page = site.page("/sv/")
    page.route(re.compile(r"/widget/v"), lambda route: route.abort())
    chat = Chat(page, "sv")
    chat.launcher.click()
    box = chat.host.get_by_role("dialog")
    expect(box).to_contain_text("Du kan ringa")
    expect(box.get_by_role("link", name=re.compile("112")).first).to_have_attribute("href", "tel:112")
    page.unroute(re.compile(r"/widget/v"))
    box.get_by_role("button", name="Försök igen").click()
    expect(chat.input).to_be_visible()


def test_numbers_show_while_a_slow_line_loads_the_rest(site):
    page = site.page()
    page.route(re.compile(r"panel\.js"), lambda route: (page.wait_for_timeout(1500), route.continue_()))
    chat = Chat(page)
    chat.launcher.click()
    expect(chat.host.get_by_role("link", name=re.compile("112")).first).to_be_visible()
    expect(chat.input).to_be_visible()
    expect(chat.host.locator(".numbers")).to_have_count(0)


def test_numbers_show_and_the_message_waits_when_the_api_is_away(site):
    site.expect("503", "net::ERR")
    page = site.page()
    page.route(re.compile(r"/api/"), lambda route: route.abort())
    chat = Chat(page)
    chat.launcher.click()
    expect(chat.log).to_contain_text("Palveluun ei saada nyt yhteyttä")
    expect(chat.log.get_by_role("link", name=re.compile("Soita 112"))).to_be_visible()
    page.unroute(re.compile(r"/api/"))
    chat.button("Yritä uudelleen").click()
    expect(chat.log.locator(".kind-greeting")).to_be_visible()
    expect(chat.log.locator(".problem")).to_have_count(0)


@pytest.mark.parametrize("part", ["suggest.js", "sheets.js"])
def test_a_part_that_fails_does_not_break_the_rest(site, part):
    site.expect("Verkkoapu:")
    page = site.page()
    page.route(re.compile(re.escape(part)), lambda route: route.fulfill(body="this is not a module", content_type="text/javascript"))
    chat = Chat(page).open().say("terveysasema")
    expect(chat.log.locator(".kind-answer")).to_be_visible()
    chat.host.locator("header .tool").nth(1).click()
    page.wait_for_timeout(300)
    if part == "suggest.js":
        chat.button("Takaisin keskusteluun").click()
    chat.say("kiitos")


def test_a_message_sent_twice_by_a_weak_line_is_written_once(site):
    site.expect("net::ERR")
    page = site.page()
    chat = Chat(page).open()
    cut = []

    def swallow_first_answer(route):
        """The service takes the message, the answer is lost."""
        if not cut:
            cut.append(route.request.post_data_json["client_id"])
            route.fetch()
            route.abort()
        else:
            cut.append(route.request.post_data_json["client_id"])
            route.continue_()

    page.route(re.compile(r"/messages$"), swallow_first_answer)
    chat.input.fill("terveysasema")
    chat.input.press("Enter")
    expect(chat.log.locator(".kind-answer")).to_have_count(1)
    page.wait_for_timeout(4000)
    expect(chat.log.locator(".msg.own")).to_have_count(1)
    expect(chat.log.locator(".kind-answer")).to_have_count(1)
    assert len(set(cut)) == 1


def test_offline_queue_survives_a_change_of_page_and_goes_when_the_network_is_back(site):
    site.expect("net::ERR")
    page = site.page()
    chat = Chat(page).open()
    page.context.set_offline(True)
    chat.input.fill("terveysasema")
    chat.input.press("Enter")
    expect(chat.log.locator(".delivery").last).to_have_text("Odottaa yhteyttä")
    expect(chat.host.locator(".banner")).to_contain_text("Ei verkkoyhteyttä")
    assert kept(page)["outbox"][0]["text"] == "terveysasema"
    page.context.set_offline(False)
    expect(chat.log.locator(".kind-answer")).to_be_visible()
    expect(chat.host.locator(".banner")).to_be_hidden()
    expect(chat.log.locator(".msg.own")).to_have_count(1)
    assert kept(page)["outbox"] == []


def test_a_message_that_cannot_be_sent_says_so_and_can_be_sent_again(site):
    site.expect("500", "net::ERR")
    page = site.page()
    chat = Chat(page).open()
    page.route(re.compile(r"/messages$"), lambda route: route.abort())
    chat.input.fill("terveysasema")
    chat.input.press("Enter")
    again = chat.log.get_by_role("button", name="Lähetä uudelleen")
    expect(again).to_be_visible(timeout=30000)
    expect(chat.log.get_by_role("link", name=re.compile("Soita 112"))).to_be_visible()
    page.unroute(re.compile(r"/messages$"))
    again.click()
    expect(chat.log.locator(".kind-answer")).to_be_visible()
    expect(chat.log.locator(".msg.own")).to_have_count(1)


def test_polling_takes_over_where_no_stream_gets_through(site):
    site.expect("net::ERR")
    page = site.page(None)
    page.route(re.compile(r"/events"), lambda route: None)  # never answered
    page.goto(site.demo + "/fi/")
    chat = Chat(page).open()
    with page.expect_request(re.compile(r"/messages\?after="), timeout=15000):
        pass
    say_from_elsewhere(site, page, "terveysasema")
    expect(chat.log.locator(".kind-answer")).to_be_visible(timeout=15000)


def on_a_line(site, line, **options):
    """A host page whose widget speaks through a line that can be cut."""
    html = f'<!doctype html><html lang="fi"><title>t</title><h1>Sivu</h1><script src="{line.address}/widget.js" defer></script>'
    return site.host_page(html, **options)


def say_from_elsewhere(site, page, text):
    """The same conversation, spoken to past this page: what a stream must bring."""
    conversation = kept(page)["conversation"]
    sent = page.request.post(
        f"{site.service}/api/conversations/{conversation['id']}/messages",
        headers={"Authorization": f"Bearer {conversation['token']}"},
        data={"client_id": str(uuid.uuid4()), "text": text},
    )
    assert sent.ok


def test_a_cut_stream_resumes_where_it_was(site):
    site.expect("net::ERR")
    line = site.line()
    page = on_a_line(site, line)
    streams = []
    page.on("request", lambda request: streams.append(request) if request.url.endswith("/events") else None)
    chat = Chat(page).open().say("terveysasema")
    say_from_elsewhere(site, page, "kiitos")
    expect(chat.log.locator(".kind-smalltalk")).to_have_count(1)
    line.cut()
    say_from_elsewhere(site, page, "hammaslääkäri")
    expect(chat.host.locator(".banner")).to_be_visible(timeout=15000)
    line.mend()
    expect(chat.log.locator(".msg.own")).to_have_count(3, timeout=20000)
    expect(chat.log.locator(".kind-answer")).to_have_count(2)
    expect(chat.host.locator(".banner")).to_be_hidden()
    ids = chat.log.locator(".msg").evaluate_all("nodes => nodes.map((node) => node.dataset.id)")
    assert len(ids) == len(set(ids)) and ids == sorted(ids)
    assert re.match(r"\d+-\d+", streams[-1].headers["last-event-id"])


def test_a_line_that_is_open_but_silent_is_given_up(site):
    site.expect("net::ERR")
    line = site.line()
    page = on_a_line(site, line)
    page.clock.install()
    streams = []
    page.on("request", lambda request: streams.append(request) if request.url.endswith("/events") else None)
    chat = Chat(page).open()
    page.clock.run_for(2000)
    before = len(streams)
    line.silent = True
    page.wait_for_timeout(300)
    page.clock.run_for(41_000)
    line.mend()
    page.clock.run_for(3000)
    page.wait_for_timeout(500)
    assert len(streams) > before
    expect(chat.panel).to_be_visible()


def test_the_stream_is_closed_with_the_panel(site):
    site.expect("net::ERR_ABORTED")
    page = site.page()
    ended = []
    page.on("requestfailed", lambda request: ended.append(request.url))
    chat = Chat(page).open()
    page.wait_for_timeout(500)
    chat.host.locator("header .tool").nth(2).click()
    page.wait_for_timeout(500)
    assert any(url.endswith("/events") for url in ended)


def test_an_erased_conversation_starts_anew_and_the_message_is_not_lost(site):
    site.expect("404", "net::ERR")
    page = site.page()
    chat = Chat(page).open()
    conversation = kept(page)["conversation"]
    page.route(re.compile(r"/events"), lambda route: route.abort())
    page.request.delete(f"{site.service}/api/conversations/{conversation['id']}", headers={"Authorization": f"Bearer {conversation['token']}"})
    chat.input.fill("terveysasema")
    chat.input.press("Enter")
    expect(chat.log.locator(".kind-answer")).to_be_visible()
    assert kept(page)["conversation"]["id"] != conversation["id"]
