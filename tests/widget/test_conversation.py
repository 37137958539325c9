"""The widget in a conversation with the whole real service behind it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.widget.browser import RECORD_ANNOUNCEMENTS, Chat, kept

pytestmark = [pytest.mark.service, pytest.mark.browser]

HETU = "131052-308T"


def test_first_visit_loads_one_small_script_and_no_cookie(site):
    page = site.page(None)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.demo + "/fi/")
    chat = Chat(page)
    expect(chat.launcher).to_have_accessible_name(re.compile("Kysy neuvoa"))
    assert [url for url in asked if url.startswith(site.service)] == [f"{site.service}/widget.js"]
    chat.open()
    expect(chat.panel).to_have_attribute("role", "dialog")
    expect(chat.last()).to_contain_text("112")
    assert page.context.cookies() == []


@pytest.mark.parametrize(("language", "name"), [("fi", "Kysy neuvoa"), ("sv", "Fråga om råd"), ("en", "Ask for advice")])
def test_launcher_speaks_the_language_of_the_page(site, language, name):
    page = site.page(f"/{language}/")
    expect(Chat(page).launcher).to_have_accessible_name(name)
    expect(Chat(page).host).to_have_attribute("lang", language)


def test_question_gets_an_answer_with_steps_contacts_and_numbers_to_call(site):
    chat = Chat(site.page()).open().say("miten varaan ajan hammaslääkäriin")
    answer = chat.last()
    expect(answer.get_by_role("heading", level=3)).to_be_visible()
    expect(answer.locator("ol li").first).to_be_visible()
    card = answer.locator(".card", has=answer.page.locator(".call")).first
    assert re.match(r"tel:(\+358|1)\d+", card.locator(".call").get_attribute("href") or "")
    expect(answer.locator(".status").first).to_contain_text(re.compile("avoinna|suljettu"))
    place = answer.get_by_role("link", name=re.compile("Näytä kartalla")).first
    assert (place.get_attribute("href") or "").startswith("https://www.openstreetmap.org/search?query=")
    expect(answer.locator(".body")).to_have_attribute("lang", "fi")
    expect(chat.log.locator(".msg.own").last).to_contain_text("Lähetetty")
    expect(chat.input).to_be_focused()


def test_choices_stay_readable_after_choosing(site):
    chat = Chat(site.page()).open()
    first = chat.log.locator(".choice").first
    said = first.inner_text()
    first.click()
    expect(chat.log.locator(".msg.own").last).to_contain_text(said)
    expect(chat.log.locator(".kind-answer").first).to_be_visible()
    expect(first).to_contain_text(said)
    expect(first).to_have_class(re.compile("chosen"))
    expect(first).to_be_focused()


def test_clarification_offers_topics_and_a_way_out(site):
    chat = Chat(site.page()).open()
    for text in ("asdkjhasd", "apua", "palvelu", "tarvitsen tukea"):
        chat.say(text)
        if "kind-clarify" in (chat.last().get_attribute("class") or ""):
            break
    else:
        pytest.fail("no question of these was unclear")
    choices = chat.last().locator(".choice")
    assert 3 <= choices.count() <= 4
    choices.first.click()
    expect(chat.last()).to_have_class(re.compile("kind-answer|kind-safety"))


def test_language_switch_changes_words_direction_and_service(site):
    chat = Chat(site.page()).open().say("terveysasema")
    chat.button("Kieli: suomi").click()
    own = chat.host.locator(".sheet").get_by_role("button", name="svenska")
    expect(own).to_have_attribute("lang", "sv")
    own.click()
    expect(chat.panel).to_have_attribute("lang", "sv")
    expect(chat.button("Skicka")).to_be_visible()
    expect(chat.last()).to_contain_text("Språket är nu svenska.")
    expect(chat.log.locator(".kind-answer .body").first).to_have_attribute("lang", "fi")
    chat.button("Visa det senaste svaret på svenska").click()
    expect(chat.log.locator(".kind-answer .body").last).to_have_attribute("lang", "sv")
    chat.page.goto(site.demo + "/fi/services")
    expect(Chat(chat.page).panel).to_have_attribute("lang", "sv")


def test_danger_leads_with_the_number_to_call(site):
    page = site.page(None)
    page.add_init_script(RECORD_ANNOUNCEMENTS)
    page.goto(site.demo + "/fi/")
    chat = Chat(page).open().say("rintakipu puristaa ja henkeä ahdistaa")
    card = chat.log.locator(".kind-safety.level-alarm")
    expect(card).to_be_visible()
    expect(card.locator(".urgent .call")).to_have_attribute("href", "tel:112")
    assert page.evaluate("document.querySelector('verkko-apu').shadowRoot.querySelector('[data-live=urgent]').textContent").count("112")


def test_possible_danger_is_a_line_under_the_ordinary_answer(site):
    chat = Chat(site.page()).open().say("mies huutaa kotona ja pelkään")
    hint = chat.log.locator(".kind-safety.level-hint")
    expect(hint).to_be_visible()
    expect(hint.locator("a[href^='tel:']").first).to_be_visible()
    expect(hint.locator(".card")).to_have_count(0)
    answer = chat.log.locator(".kind-answer").last
    expect(answer).to_be_visible()
    assert answer.evaluate("node => node.nextElementSibling.className").count("level-hint")


def test_another_language_is_suggested_in_itself_and_taken_when_chosen(site):
    chat = Chat(site.page()).open().say("jag vill boka tid till tandläkare tack")
    offer = chat.log.locator(".choice[data-value='language:sv']")
    expect(offer).to_have_attribute("lang", "sv")
    expect(chat.panel).to_have_attribute("lang", "fi")
    offer.click()
    expect(chat.panel).to_have_attribute("lang", "sv")
    expect(chat.log.locator(".kind-answer .body").last).to_have_attribute("lang", "sv")


def test_identity_code_is_asked_about_before_it_leaves_and_masked_after(site):
    page = site.page()
    bodies = []
    page.on("request", lambda request: bodies.append(request.post_data or request.url))
    chat = Chat(page).open()
    chat.input.press_sequentially(f"tunnukseni on {HETU}")
    chat.input.press("Enter")
    warning = chat.host.get_by_role("alert").filter(has_text="henkilötunnus")
    expect(warning).to_be_visible()
    page.wait_for_timeout(800)
    assert not any(HETU in body for body in bodies)
    assert HETU not in str(kept(page))
    chat.button("Muokkaa viestiä").click()
    expect(chat.input).to_be_focused()
    chat.input.press("Enter")
    chat.button("Lähetä, tunnus peitetään").click()
    own = chat.log.locator(".msg.own").last
    expect(own).to_contain_text("[henkilötunnus]")
    expect(own).not_to_contain_text(HETU)


def test_every_message_is_announced_once_and_history_is_silent(site):
    page = site.page(None)
    page.add_init_script(RECORD_ANNOUNCEMENTS)
    page.goto(site.demo + "/fi/")
    Chat(page).open().say("terveysasema").say("kiitos")
    page.wait_for_timeout(2500)
    said = page.evaluate("window.announced")
    for text in ("Olen Verkkoapu", "terveysasema", "Ole hyvä"):
        assert len([one for one in said if text.casefold() in one.casefold()]) == 1, (text, said)
    page.goto(site.demo + "/fi/news")
    expect(Chat(page).log.locator(".msg")).to_have_count(5)
    page.wait_for_timeout(2500)
    assert page.evaluate("window.announced") == []
    expect(Chat(page).log).to_have_attribute("aria-live", "off")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    Chat(page).say("hei")
    said = page.evaluate("window.announced")
    assert len(said) == 1, said


def test_conversation_goes_on_after_a_change_of_page_and_after_closing(site):
    chat = Chat(site.page()).open().say("terveysasema")
    count = chat.log.locator(".msg").count()
    chat.page.goto(site.demo + "/fi/services")
    again = Chat(chat.page)
    expect(again.log.locator(".msg")).to_have_count(count)
    again.host.locator("header .tool").nth(2).click()
    expect(again.launcher).to_be_focused()
    chat.page.goto(site.demo + "/fi/news")
    expect(again.panel).to_have_count(0)
    again.launcher.click()
    expect(again.log.locator(".msg")).to_have_count(count)


def test_two_tabs_with_one_conversation_show_each_message_once(site):
    page = site.page()
    chat = Chat(page).open().say("terveysasema")
    with page.context.expect_page() as opened:
        page.evaluate("window.open('/fi/services', '_blank')")
    other = Chat(opened.value)
    expect(other.log.locator(".msg.own")).to_have_count(1)
    other.say("hammaslääkäri")
    expect(chat.log.locator(".msg.own")).to_have_count(2)
    expect(chat.log.locator(".msg.other")).to_have_count(other.log.locator(".msg.other").count())
    page.wait_for_timeout(1500)
    for one in (chat, other):
        ids = one.log.locator(".msg").evaluate_all("nodes => nodes.map((node) => node.dataset.id)")
        assert len(ids) == len(set(ids)) == 5
    separate = Chat(site.page()).open()
    expect(separate.log.locator(".msg.own")).to_have_count(0)


def test_erasing_leaves_nothing_here_or_in_the_service(site):
    page = site.page()
    chat = Chat(page).open().say("terveysasema")
    conversation = kept(page)["conversation"]
    chat.menu("Poista keskustelu")
    chat.button("Poista kaikki").click()
    expect(chat.log).to_contain_text("Keskustelu on poistettu.")
    expect(chat.log.locator(".msg")).to_have_count(1)
    assert "conversation" not in kept(page)
    answer = page.request.get(
        f"{site.service}/api/conversations/{conversation['id']}/messages", headers={"Authorization": f"Bearer {conversation['token']}"}
    )
    assert answer.status == 404
    chat.button("Aloita uusi keskustelu").click()
    expect(chat.log.locator(".kind-greeting")).to_be_visible()


def test_erasing_in_one_tab_is_seen_in_the_other(site):
    page = site.page()
    chat = Chat(page).open().say("terveysasema")
    with page.context.expect_page() as opened:
        page.evaluate("window.open('/fi/services', '_blank')")
    other = Chat(opened.value)
    expect(other.log.locator(".msg.own")).to_have_count(1)
    site.expect("404")
    chat.menu("Poista keskustelu")
    chat.button("Poista kaikki").click()
    expect(other.log).to_contain_text("Edellinen keskustelu on poistunut")
    expect(other.log.locator(".msg.own")).to_have_count(0)


@pytest.mark.parametrize("way", ["button", "escape"])
def test_quick_exit_empties_the_screen_first_and_forgets(site, way):
    page = site.page(None)
    page.route(f"{site.demo}/away", lambda route: route.fulfill(body="<title>Sää</title><h1>Sää</h1>", content_type="text/html"))
    page.route(
        f"{site.demo}/host",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f"""<!doctype html><html lang="fi"><title>t</title>
        <h1>Sivu</h1><script src="{site.service}/widget.js" data-exit="{site.demo}/away" defer></script>""",
        ),
    )
    page.goto(site.demo + "/fi/services")
    page.goto(site.demo + "/host")
    chat = Chat(page).open().say("puolisoni lyö minua")
    conversation = kept(page)["conversation"]
    page.evaluate("""() => new MutationObserver(() => {
        const cover = document.querySelector('verkko-apu-cover')?.getBoundingClientRect();
        const left = Boolean(document.querySelector('verkko-apu'));
        if (cover) sessionStorage.setItem('covered', JSON.stringify([!left, cover.width, cover.height]));
    }).observe(document.body, {childList: true})""")
    site.expect("net::ERR")
    if way == "button":
        chat.button("Poistu nopeasti").first.click()
    else:
        for _ in range(3):
            page.keyboard.press("Escape")
    page.wait_for_url("**/away")
    assert page.evaluate("JSON.parse(sessionStorage.getItem('covered'))") == [True, 1280, 800]
    assert page.evaluate("sessionStorage.getItem('verkkoapu')") is None
    page.wait_for_timeout(500)
    gone = page.request.get(
        f"{site.service}/api/conversations/{conversation['id']}/messages", headers={"Authorization": f"Bearer {conversation['token']}"}
    )
    assert gone.status == 404
    page.go_back()
    assert "/host" not in page.url


def test_suggestions_can_be_chosen_or_ignored(site):
    chat = Chat(site.page()).open()
    chat.input.press_sequentially("hammasl", delay=20)
    options = chat.host.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(chat.input).to_have_attribute("aria-controls", "suggestions")
    chat.input.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(chat.input).to_have_attribute("aria-activedescendant", "suggestion-0")
    chat.input.press("Escape")
    expect(options.first).to_be_hidden()
    expect(chat.panel).to_be_visible()
    chat.say("hammaslääkäri")
    expect(chat.log.locator(".msg.own").last).to_contain_text("hammaslääkäri")
    chat.input.press_sequentially("vaippoja aikuiselle", delay=5)
    expect(options.first).to_be_visible()
    title = options.first.inner_text()
    chat.input.press("ArrowDown")
    chat.input.press("Enter")
    expect(chat.log.locator(".msg.own").last).to_contain_text(title)
    expect(chat.input).to_have_value("")


def test_callback_form_tells_what_is_missing_and_stores_a_request(site):
    chat = Chat(site.page()).open().menu("Pyydä takaisinsoitto")
    form = chat.host.locator(".sheet form")
    chat.button("Lähetä soittopyyntö").click()
    phone = form.get_by_label("Puhelinnumerosi")
    expect(phone).to_be_focused()
    expect(phone).to_have_attribute("aria-invalid", "true")
    expect(form).to_contain_text("Rastita ruutu")
    phone.fill("040 123 4567")
    form.get_by_role("radio").nth(2).check()
    form.get_by_role("checkbox").check()
    chat.button("Lähetä soittopyyntö").click()
    expect(chat.log.locator(".from-system").last).to_contain_text(re.compile("[Ss]oit"))
    expect(chat.input).to_be_focused()
    expect(chat.log).not_to_contain_text("123 4567")


def test_feedback_transcript_data_and_text_size(site):
    page = site.page()
    chat = Chat(page).open().say("terveysasema").menu("Anna palautetta")
    chat.button("Lähetä palaute").click()
    expect(chat.host.locator(".sheet")).to_contain_text("Valitse, saitko apua.")
    chat.host.get_by_role("radio", name="Kyllä").check()
    chat.host.get_by_role("radio", name="4 / 5").check()
    chat.button("Lähetä palaute").click()
    expect(chat.log).to_contain_text("Kiitos palautteesta.")
    with page.expect_download() as download:
        chat.menu("Tallenna keskustelu tekstinä")
    with open(download.value.path(), encoding="utf-8") as file:
        assert "terveysasema" in file.read()
    chat.button("Takaisin keskusteluun").click()
    chat.menu("Mitä tiedoilleni tapahtuu?")
    expect(chat.host.locator(".sheet")).to_contain_text("evästeitä")
    expect(chat.host.get_by_role("link", name=re.compile("tietosuojasivu"))).to_have_attribute("href", f"{site.service}/fi/privacy")
    chat.button("Takaisin keskusteluun").click()
    before = chat.input.evaluate("node => getComputedStyle(node).fontSize")
    chat.host.locator("header .tool").nth(1).click()
    for _ in range(3):
        chat.button("Suurenna tekstiä").click()
    chat.button("Takaisin keskusteluun").click()
    after = chat.input.evaluate("node => getComputedStyle(node).fontSize")
    assert float(after[:-2]) == 2 * float(before[:-2])


def test_html_of_a_resident_is_text(site):
    chat = Chat(site.page()).open().say("<img src=x onerror=alert(1)><b>terveysasema</b>")
    expect(chat.log.locator(".msg.own").last).to_contain_text("<b>terveysasema</b>")
    expect(chat.log.locator("img")).to_have_count(0)
