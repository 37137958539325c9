"""A person takes over in the same window."""

from __future__ import annotations

import re
import secrets

import pytest
from playwright.sync_api import expect

from tests.widget.browser import RECORD_ANNOUNCEMENTS, Chat, kept
from tests.widget.test_network import on_a_line
from verkkoapu.handover.accounts import Account, Accounts
from verkkoapu.handover.people import Counsellor
from verkkoapu.keys import Keys

pytestmark = [pytest.mark.service, pytest.mark.browser]
PASSWORD = "a-long-password"


@pytest.fixture
def counsellor(service):
    """One counsellor who is available."""
    name = "aino" + secrets.token_hex(3)
    accounts = Accounts(service.redis_client(), Keys(service.settings.key_prefix))
    accounts.save(Account(id=name, name="Aino", languages=("fi", "sv")), PASSWORD)
    there = Counsellor(service.address, name, PASSWORD)
    there.be("available", 5)
    yield there
    there.be("away", 5)


def ask_for_a_person(chat: Chat) -> None:
    chat.say("haluan puhua ihmiselle")
    chat.last().locator(".choice", has_text="neuvoja").first.click()


def test_queue_counsellor_and_end_in_the_same_window(site, counsellor):
    page = site.page(None)
    page.add_init_script(RECORD_ANNOUNCEMENTS)
    page.goto(site.demo + "/fi/")
    chat = Chat(page).open()
    chat.say("terveysasema")
    ask_for_a_person(chat)
    state = chat.host.locator(".state")
    expect(state).to_contain_text(re.compile("Odotat neuvojaa"))
    conversation = kept(page)["conversation"]["id"]
    assert counsellor.claim(conversation).status_code == 200
    expect(state).to_contain_text("Aino vastaa sinulle nyt.")
    chat.input.focus()
    counsellor.send(conversation, "Hei, olen Aino. Miten voin auttaa?")
    said = chat.log.locator(".from-counsellor").last
    expect(said).to_contain_text("Miten voin auttaa?")
    expect(chat.input).to_be_focused()
    chat.input.fill("Kiitos, varaisin ajan")
    chat.input.press("Enter")
    expect(chat.log.locator(".msg.own").last).to_contain_text("Lähetetty")
    page.wait_for_timeout(1000)
    expect(chat.log.locator(".kind-answer")).to_have_count(1)
    page.goto(site.demo + "/fi/news")
    again = Chat(page)
    expect(again.host.locator(".state")).to_contain_text("Aino")
    counsellor.close(conversation)
    expect(again.host.locator(".state")).to_contain_text("Keskustelu on päättynyt.")
    expect(again.input).to_be_hidden()
    again.button("Aloita uusi keskustelu").click()
    expect(again.log.locator(".kind-greeting")).to_be_visible()
    expect(again.input).to_be_focused()


def test_messages_of_a_counsellor_arrive_once_when_the_stream_is_cut_in_the_middle(site, counsellor):
    site.expect("net::ERR")
    line = site.line()
    page = on_a_line(site, line)
    chat = Chat(page).open()
    ask_for_a_person(chat)
    expect(chat.host.locator(".state")).to_contain_text("Odotat neuvojaa")
    conversation = kept(page)["conversation"]["id"]
    counsellor.claim(conversation)
    counsellor.send(conversation, "Ensimmäinen")
    expect(chat.log).to_contain_text("Ensimmäinen")
    line.cut()
    counsellor.send(conversation, "Toinen")
    counsellor.send(conversation, "Kolmas")
    chat.input.fill("Olen hississä")
    chat.input.press("Enter")
    line.mend()
    expect(chat.log).to_contain_text("Kolmas", timeout=20000)
    expect(chat.log.locator(".from-counsellor")).to_have_count(3)
    expect(chat.log.locator(".msg.own", has_text="Olen hississä")).to_have_count(1)
    counsellor.close(conversation)


def test_a_closed_panel_counts_new_messages_on_the_launcher(site, counsellor):
    page = site.page()
    chat = Chat(page).open()
    ask_for_a_person(chat)
    expect(chat.host.locator(".state")).to_contain_text("Odotat neuvojaa")
    conversation = kept(page)["conversation"]["id"]
    counsellor.claim(conversation)
    expect(chat.host.locator(".state")).to_contain_text("Aino")
    chat.host.locator("header .tool").nth(2).click()
    counsellor.send(conversation, "Oletko siellä?")
    expect(chat.launcher).to_contain_text(re.compile("uusi viesti|uutta viestiä"))
    chat.launcher.click()
    expect(chat.log).to_contain_text("Oletko siellä?")
    expect(chat.launcher.locator("b")).to_be_hidden()
    counsellor.close(conversation)


def test_waiting_can_be_given_up(site, counsellor):
    chat = Chat(site.page()).open()
    ask_for_a_person(chat)
    chat.button("En odota enää").click()
    expect(chat.host.locator(".state")).to_be_hidden()
    chat.say("terveysasema")
    expect(chat.log.locator(".kind-answer")).to_be_visible()


def test_nobody_there_gives_open_numbers_and_a_call_back(site):
    chat = Chat(site.page()).open()
    chat.say("haluan puhua ihmiselle")
    offer = chat.last().locator(".choice[data-value=handover]")
    if offer.count():
        offer.click()
        expect(chat.log.locator(".msg.own")).to_have_count(2)
    reply = chat.log.locator(".kind-handover").last
    expect(reply.locator(".call").first).to_be_visible()
    reply.get_by_role("button", name=re.compile("soittopyyn")).click()
    when = chat.log.locator(".choice[data-value^='when:']").first
    when.click()
    chat.log.get_by_role("button", name="Pyydä takaisinsoitto").last.click()
    expect(chat.host.locator(".sheet")).to_contain_text("Puhelinnumerosi")
