"""A real browser for the tests: pages that are watched, host pages made up on the spot, and axe-core."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.widget.line import Line

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page that a test makes up has no address of its own, so Chromium takes it for one of the open internet and keeps it from loopback.
    "--disable-features=LocalNetworkAccessChecks",
]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: Rules that axe-core 4.12 has for these tags; a run that knows fewer checks less than it says.
FEWEST_RULES = 55
#: Rules that find something to look at in even the smallest state.
FEWEST_APPLIED = 8
PHONE = {"width": 390, "height": 844}
SMALLEST = {"width": 320, "height": 256}


def chromium_path() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.fail("Chromium is missing: python3 tools/setup.py tests")
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Site:
    """The running service and demo site as a browser sees them; opens watched pages."""

    def __init__(self, browser: Browser, service: Any) -> None:
        self.browser = browser
        self.service = service.address
        self.demo = f"http://127.0.0.1:{service.settings.demo_port}"
        self.problems: list[str] = []
        self.expected: list[str] = []
        self.contexts: list[BrowserContext] = []
        self.lines: list[Line] = []

    def context(self, **options: Any) -> BrowserContext:
        context = self.browser.new_context(**{"viewport": {"width": 1280, "height": 800}, "locale": "fi-FI", **options})
        context.set_default_timeout(15000)
        self.contexts.append(context)

        def watch(request: Any) -> None:
            parts = urlsplit(request.url)
            allowed = {urlsplit(one).netloc for one in (self.service, self.demo, *(line.address for line in self.lines))}
            if parts.scheme in ("http", "https") and parts.netloc not in allowed:
                self.problems.append(f"third party: {request.url}")

        context.on("request", watch)
        context.on("console", lambda message: self._note(message.type, message.text))
        context.on("weberror", lambda error: self.problems.append(f"error: {error.error}"))
        return context

    def page(self, address: str | None = "/fi/", **options: Any) -> Page:
        """A page of the demo site in a new browser profile."""
        page = self.context(**options).new_page()
        if address is not None:
            page.goto(self.demo + address)
        return page

    def host_page(self, html: str, *, path: str = "/host", headers: dict[str, str] | None = None, **options: Any) -> Page:
        """A page of our own making on the demo site's origin, with headers of its own."""
        page = self.page(None, **options)
        page.route(
            f"{self.demo}{path}",
            lambda route: route.fulfill(body=html, headers={"Content-Type": "text/html; charset=utf-8", **(headers or {})}),
        )
        page.goto(self.demo + path)
        return page

    def line(self) -> Line:
        """A way to the service that can be cut."""
        self.lines.append(Line(self.service))
        return self.lines[-1]

    def expect(self, *texts: str) -> None:
        """Console messages that this test is about."""
        self.expected += texts

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.problems.append(f"{kind}: {text}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        for line in self.lines:
            line.close()
        left = [problem for problem in self.problems if not any(text in problem for text in self.expected)]
        assert not left, left


class Chat:
    """The widget on a page, by the words a person sees."""

    def __init__(self, page: Page, language: str = "fi") -> None:
        self.page = page
        self.host = page.locator("verkko-apu")
        self.launcher = self.host.locator(".launch")
        self.panel = self.host.locator(".panel")
        self.log = self.host.get_by_role("log")
        self.input = self.host.locator("#input")
        self.language = language

    def open(self) -> Chat:
        self.launcher.click()
        self.input.wait_for()
        self.log.locator(".msg").first.wait_for()
        return self

    def say(self, text: str) -> Chat:
        """Send a text and wait for what answers it."""
        before = self.log.locator(".msg.other").count()
        self.input.fill(text)
        self.input.press("Enter")
        self.log.locator(".msg.other").nth(before).wait_for()
        self.host.locator(".typing").wait_for(state="hidden")
        return self

    def last(self):
        return self.log.locator(".msg.other").last

    def button(self, name: str):
        return self.host.get_by_role("button", name=name)

    def menu(self, name: str) -> Chat:
        self.host.locator("header .tool").nth(1).click()
        self.host.locator(".sheet").get_by_role("button", name=name, exact=True).click()
        return self


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def site(browser: Browser, service: Any) -> Iterator[Site]:
    """Fails the test for any error on the console and any request to a third party that it did not expect."""
    made = Site(browser, service)
    yield made
    made.close()


#: Waits that a page cannot fake: what was announced, collected from before the panel exists.
RECORD_ANNOUNCEMENTS = """
window.announced = [];
const watched = new WeakSet();
setInterval(() => {
  const root = document.querySelector("verkko-apu")?.shadowRoot;
  for (const region of root?.querySelectorAll("[data-live]") || []) {
    if (watched.has(region)) continue;
    watched.add(region);
    for (const node of region.childNodes) window.announced.push(node.textContent);
    const note = (change) => change.addedNodes.forEach((node) => window.announced.push(node.textContent));
    new MutationObserver((changes) => changes.forEach(note)).observe(region, {childList: true});
  }
}, 20);
"""


def axe_source() -> str:
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], dict[str, Any]]:
    """Run every A and AA rule on the page as it stands; fails for a violation, and for a run that checked too little."""
    source = axe_source()

    def run(page: Page, allow_unsure: tuple[str, ...] = ("color-contrast",)) -> dict[str, Any]:
        page.evaluate(source)
        found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations', 'incomplete']})", TAGS)
        assert tuple(map(int, found["testEngine"]["version"].split(".")[:2])) >= (4, 8)
        applied = len(found["passes"]) + len(found["violations"])
        known = applied + len(found["incomplete"]) + len(found["inapplicable"])
        assert known >= FEWEST_RULES, f"axe knew only {known} rules"
        assert applied >= FEWEST_APPLIED, f"only {applied} rules found something to check"
        problems = [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found["violations"] for node in rule["nodes"]]
        problems += [
            f"unsure {rule['id']}: {node['target']}" for rule in found["incomplete"] if rule["id"] not in allow_unsure for node in rule["nodes"]
        ]
        assert not problems, "\n".join(problems)
        return found

    return run


def kept(page: Page) -> dict[str, Any]:
    """What the widget keeps in this tab."""
    return json.loads(page.evaluate("sessionStorage.getItem('verkkoapu')") or "{}")
