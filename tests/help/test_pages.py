"""The help pages over HTTP, as someone without JavaScript gets them."""

from __future__ import annotations

import gzip
import json
import re
from html.parser import HTMLParser

import pytest
import requests

pytestmark = pytest.mark.service
LANGUAGES = ("fi", "sv", "en")
LIMIT = 30 * 1024


class Read(HTMLParser):
    """What a test asks of a page: ids, headings, links, forms' fields, scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [found for name, found in self.tags if name == tag]


@pytest.fixture
def get_page(service):
    """Fetch a page and look at what every page must have."""

    def get(path: str, status: int = 200, **kwargs):
        answer = requests.get(service.address + path, timeout=20, **kwargs)
        assert answer.status_code == status, (path, answer.status_code)
        return check(answer)

    return get


def check(answer: requests.Response) -> tuple[str, Read]:
    html = answer.text
    read = Read(html)
    language = read.all("html")[0]["lang"]
    assert language in html and re.match(r"[a-z]{2,3}$", language or "")
    assert len(gzip.compress(html.encode())) < LIMIT
    assert len(read.ids) == len(set(read.ids)), "an id stands twice"
    assert read.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip([0, *read.headings], read.headings, strict=False)), read.headings
    assert {"tel:112", "tel:116117"} <= set(read.links), "no emergency numbers"
    assert len([one for one in read.all("link") if one.get("rel") == "stylesheet"]) == 1
    for script in read.all("script"):
        assert "defer" in script or script.get("type") == "application/ld+json"
    assert not re.search(r"(help|widget|demo)\.[a-z_]+\b(?!\.(css|js))", re.sub(r"<[^>]+>", " ", html)), "a raw key is visible"
    assert "Set-Cookie" not in answer.headers
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    return html, read


def test_front_door_leads_to_the_browsers_language(service):
    for accepted, language in (("sv-FI,sv;q=0.9", "sv"), ("en", "en"), ("ru", "fi"), (None, "fi")):
        answer = requests.get(service.address + "/", headers={"Accept-Language": accepted} if accepted else {}, allow_redirects=False, timeout=10)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/{language}/")
        assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_lists_every_topic_by_life_situation(get_page, content, language):
    _html, read = get_page(f"/{language}/")
    assert set(read.links) >= {f"/{language}/{topic}" for topic in content.topics}
    for age in ("children", "youth", "adults", "seniors"):
        _html, narrowed = get_page(f"/{language}/for/{age}")
        topics = [link for link in narrowed.links if re.fullmatch(rf"/{language}/[a-z0-9-]+", link)]
        assert f"/{language}/emergency-112" in topics
        assert len(set(topics)) < len(content.topics) + 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_is_a_page_with_structured_data(get_page, content, service, language):
    for topic in content.topics:
        html, read = get_page(f"/{language}/{topic}")
        found = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL).group(1))  # type: ignore[union-attr]
        faq, offer = found
        assert (faq["@type"], offer["@type"]) == ("FAQPage", "GovernmentService")
        assert faq["mainEntity"][0]["acceptedAnswer"]["text"]
        assert "{phone:" not in html and "{hours:" not in html
        points = [one["servicePhone"] for one in offer["availableChannel"] if "servicePhone" in one]
        assert all(point["@type"] == "ContactPoint" and re.fullmatch(r"\+?\d+", point["telephone"]) for point in points)
        assert any(one.get("rel") == "canonical" and one.get("href") == f"{service.address}/{language}/{topic}" for one in read.all("link"))
        assert {one["hreflang"] for one in read.all("link") if one.get("hreflang")} == {*LANGUAGES, "x-default"}


def test_topic_shows_contacts_open_now_and_of_the_chosen_municipality(get_page):
    html, _read = get_page("/fi/health-centre?municipality=lohja")
    assert re.search(r'class="status (open|closed)"', html)
    assert 'value="lohja" selected' in html
    assert html.index("Lohja") > 0


def test_contacts_are_searched_by_municipality_as_people_write_it(get_page):
    for asked, found in (("hanko", "hanko"), ("Hangö", "hanko"), ("Tammisaari", "raasepori")):
        html, _read = get_page(f"/sv/contacts?municipality={asked}")
        assert f'value="{found}" selected' in html
    html, _read = get_page("/fi/contacts?municipality=Rovaniemi")
    assert "Kuntaa ei löytynyt" in html


def test_search_works_and_danger_comes_first(get_page):
    html, read = get_page("/fi/search?q=hammassärky")
    assert any(link.startswith("/fi/dental") for link in read.links)
    html, _read = get_page("/en/search?q=chest pain and cannot breathe")
    assert html.index("Act now") < html.index("results") if "results" in html else "Act now" in html
    html, _read = get_page("/fi/search?q=<script>alert(1)</script>")
    assert "<script>alert" not in html
    get_page("/fi/search?q=")


def test_question_by_form_is_answered_on_a_page_and_not_stored(service, content):
    before = len(service.redis_client().keys(f"{service.settings.key_prefix}*"))
    answer = requests.post(
        f"{service.address}/fi/ask", data={"question": "mikä on oman terveysasemani numero 131052-308T", "municipality": "lohja"}, timeout=20
    )
    assert answer.status_code == 200
    html, read = check(answer)
    assert "131052-308T" not in html and "Peitimme" in html
    assert any(link.startswith("/fi/") for link in read.links) and 'class="card"' in html
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(service.redis_client().keys(f"{service.settings.key_prefix}*")) == before


@pytest.mark.parametrize(
    ("language", "question", "said"),
    [("fi", "en jaksa enää elää", "112"), ("sv", "bröstsmärta och svårt att andas", "112"), ("en", "asdfgh qwerty", "")],
)
def test_form_answers_danger_and_the_unclear(service, language, question, said):
    html, _read = check(requests.post(f"{service.address}/{language}/ask", data={"question": question}, timeout=20))
    assert said in html


def test_ask_refuses_what_is_empty_too_long_or_from_another_site(service):
    url = f"{service.address}/fi/ask"
    for data, headers in (
        ({"question": "  "}, {}),
        ({"question": "a" * 2001}, {}),
        ({"question": "hammas"}, {"Origin": "https://evil.example"}),
        ({"question": "hammas"}, {"Sec-Fetch-Site": "cross-site"}),
    ):
        answer = requests.post(url, data=data, headers=headers, timeout=20)
        assert answer.status_code == 400
        html, _read = check(answer)
        assert 'role="alert"' in html
    assert requests.post(url, data={"question": "hammas"}, headers={"Origin": service.address}, timeout=20).status_code == 200
    assert requests.post(url, data={"question": "hammas"}, headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"}, timeout=20).status_code == 200


def test_call_back_by_form(service, get_page):
    _html, read = get_page("/fi/callback?topic=dental-care")
    fields = {one["name"]: one.get("value") or "" for one in read.all("input") if one.get("type") == "hidden"}
    assert fields["topic"] == "dental-care"
    url = f"{service.address}/fi/callback"
    good = {**fields, "phone": "040 123 4567", "when": "today-pm", "consent": "yes"}
    for change in ({"phone": "ei ole"}, {"when": "joskus"}, {"consent": ""}, {"word": "forged"}):
        answer = requests.post(url, data={**good, **change}, timeout=20)
        assert answer.status_code == 400, change
        check(answer)
    assert requests.post(url, data=good, headers={"Origin": "https://evil.example"}, timeout=20).status_code == 400
    keys = f"{service.settings.key_prefix}*callback*"
    before = set(service.redis_client().keys(keys))
    answer = requests.post(url, data=good, timeout=20)
    assert answer.status_code == 200
    html, _read = check(answer)
    assert 'role="status"' in html and "040" not in html
    assert set(service.redis_client().keys(keys)) - before


def test_missing_pages_and_languages_say_so_and_help_on(get_page):
    html, read = get_page("/sv/no-such-topic", 404)
    assert "Sidan hittades inte" in html and "/sv/fees" in read.links
    html, read = get_page("/ru/fees", 404, headers={"Accept-Language": "en"})
    assert {"/fi/fees", "/sv/fees", "/en/fees"} <= set(read.links)
    get_page("/fi/for/giants", 404)


def test_api_keeps_its_own_not_found(service):
    answer = requests.get(f"{service.address}/api/nothing", timeout=10)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("language", LANGUAGES)
def test_statement_and_privacy_are_pages(get_page, language):
    html, _read = get_page(f"/{language}/accessibility")
    assert "306/2019" in html and "Traficom" in html and "tel:+358" in html
    get_page(f"/{language}/privacy")


def test_sitemap_and_robots(service, content):
    text = requests.get(f"{service.address}/sitemap.xml", timeout=10).text
    pages = re.findall(r"<loc>(.*?)</loc>", text)
    assert len(pages) == len(set(pages)) >= 3 * len(content.topics)
    for page in pages[:: len(pages) // 25]:
        assert requests.get(page, timeout=20).status_code == 200, page
    robots = requests.get(f"{service.address}/robots.txt", timeout=10).text
    assert f"Sitemap: {service.address}/sitemap.xml" in robots and "Disallow: /api/" in robots


def test_pages_are_compressed_and_kept_a_minute(service):
    answer = requests.get(f"{service.address}/fi/fees", headers={"Accept-Encoding": "gzip"}, timeout=10)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Accept-Encoding" in answer.headers["Vary"]
