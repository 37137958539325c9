"""Pictures of the main states, for docs/screenshots: phone and desktop, light and dark, each language, right to left.

    .venv/bin/python tools/screenshots.py                         starts a service of its own
    .venv/bin/python tools/screenshots.py SERVICE_URL DEMO_URL    uses one that runs

Small on purpose: one pixel a CSS pixel, 64 colours. Look at them after a change of the widget or the help pages.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402
from playwright.sync_api import Page  # noqa: E402

from tests.widget.arabic import ARABIC, PHRASES, add_language, web_with  # noqa: E402
from tests.widget.browser import PHONE, SMALLEST, Chat, chromium  # noqa: E402
from verkkoapu.settings import load_settings  # noqa: E402
from verkkoapu.supervise import Service, free_port  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
DESKTOP = {"width": 1280, "height": 800}
COLOURS = 64


@contextmanager
def running(arguments: list[str]) -> Iterator[Any]:
    """The service named on the command line, or one started for this."""
    if len(arguments) == 2:
        port = int(arguments[1].rstrip("/").rsplit(":", 1)[1])
        settings = load_settings({"DEMO_PORT": str(port), "PORT": arguments[0].rstrip("/").rsplit(":", 1)[1]})
        yield SimpleNamespace(address=arguments[0].rstrip("/"), settings=settings)
        return
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "models").symlink_to(ROOT / "var" / "models")
        service = Service(load_settings({"PORT": str(free_port()), "DEMO_PORT": str(free_port()), "VERKKOAPU_DIR": folder, "VERKKOAPU_ENV": "test",
                                         "VERKKOAPU_CLOCK": "2026-11-24T10:00:00+02:00", "VERKKOAPU_RATE_LIMIT": "off"}))
        service.start()
        try:
            yield service
        finally:
            service.stop()


def save(page: Page, name: str) -> None:
    """One picture, with few colours."""
    page.mouse.move(0, 0)
    page.wait_for_timeout(400)
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path, animations="disabled", caret="hide")
    Image.open(path).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} kB")


def answer(text: str) -> Callable[[Chat], object]:
    return lambda chat: chat.say(text)


def sheet(number: int, choice: int | None = None) -> Callable[[Chat], object]:
    """Open the header's button of this number, then perhaps an item of the menu."""
    def act(chat: Chat) -> None:
        chat.host.locator("header .tool").nth(number).click()
        chat.host.locator(".sheet").wait_for()
        if choice is not None:
            chat.host.locator(".sheet .item").nth(choice).click()

    return act


def suggestions(chat: Chat) -> None:
    chat.input.press_sequentially("tandl", delay=10)
    chat.host.get_by_role("option").first.wait_for()


def on_the_demo_site(browser: Any, demo: str) -> None:
    """The widget, in its states."""
    states: list[tuple[str, str, dict[str, Any], Callable[[Chat], object] | None]] = [
        ("widget-desktop-light-fi-answer", "fi", {"viewport": DESKTOP}, answer("hammaslääkäri")),
        ("widget-desktop-dark-en-answer", "en", {"viewport": DESKTOP, "color_scheme": "dark"}, answer("which health centre is mine")),
        ("widget-phone-light-fi-greeting", "fi", {"viewport": PHONE}, None),
        ("widget-phone-light-sv-suggestions", "sv", {"viewport": PHONE}, suggestions),
        ("widget-phone-light-sv-language", "sv", {"viewport": PHONE}, sheet(0)),
        ("widget-phone-light-fi-unclear", "fi", {"viewport": PHONE}, answer("asdkjhasd")),
        ("widget-phone-light-fi-safety", "fi", {"viewport": PHONE}, answer("rintakipu puristaa ja henkeä ahdistaa")),
        ("widget-phone-dark-en-safety", "en", {"viewport": PHONE, "color_scheme": "dark"}, answer("my chest hurts and I cannot breathe")),
        ("widget-phone-dark-fi-menu", "fi", {"viewport": PHONE, "color_scheme": "dark"}, sheet(1)),
        ("widget-phone-light-en-call-back", "en", {"viewport": PHONE}, sheet(1, 2)),
        ("widget-320x256-fi", "fi", {"viewport": SMALLEST}, answer("terveysasema")),
        ("widget-forced-colours-fi", "fi", {"viewport": PHONE, "forced_colors": "active", "color_scheme": "dark"}, answer("terveysasema")),
    ]
    for name, language, options, act in states:
        page = browser.new_context(**options).new_page()
        page.goto(f"{demo}/{language}/")
        chat = Chat(page, language).open()
        if act is not None:
            act(chat)
        save(page, name)
        page.context.close()
    page = browser.new_context(viewport=DESKTOP).new_page()
    page.goto(f"{demo}/sv/")
    Chat(page).launcher.wait_for()
    save(page, "demo-desktop-light-sv")
    page = browser.new_context(viewport=PHONE).new_page()
    page.route(re.compile(r"/widget/v"), lambda route: route.abort())
    page.goto(f"{demo}/sv/")
    Chat(page).launcher.click()
    page.locator("verkko-apu .numbers p[role=status]").wait_for()
    save(page, "widget-phone-light-sv-nothing-loads")


def help_pages(browser: Any, service: str) -> None:
    pages: list[tuple[str, str, dict[str, Any]]] = [
        ("help-desktop-light-fi-home", "/fi/", {"viewport": DESKTOP}),
        ("help-desktop-dark-en-topic", "/en/health-centre", {"viewport": DESKTOP, "color_scheme": "dark"}),
        ("help-phone-light-sv-contacts", "/sv/contacts?municipality=lohja", {"viewport": PHONE}),
        ("help-phone-light-fi-topic", "/fi/dental-emergency", {"viewport": PHONE}),
        ("help-phone-dark-en-search", "/en/search?q=chest pain and cannot breathe", {"viewport": PHONE, "color_scheme": "dark"}),
    ]
    for name, path, options in pages:
        page = browser.new_context(**options).new_page()
        page.goto(service + path)
        save(page, name)
        page.context.close()


def right_to_left(browser: Any, service: Any) -> None:
    """A test language in Arabic script."""
    with tempfile.TemporaryDirectory() as folder:
        content, locale = add_language(Path(folder), "ar", "العربية", "rtl", ARABIC, PHRASES)
        with web_with(service, content, locale) as web:
            page = browser.new_context(viewport=PHONE).new_page()
            page.goto(f"{web.address}/ar/")
            chat = Chat(page, "ar").open()
            save(page, "widget-phone-rtl-ar-greeting")
            chat.say("health centre")
            save(page, "widget-phone-rtl-ar-answer")
            page = browser.new_context(viewport=DESKTOP).new_page()
            page.goto(f"{web.address}/ar/")
            save(page, "help-desktop-rtl-ar-home")


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running(sys.argv[1:]) as service, chromium() as browser:
        on_the_demo_site(browser, f"http://127.0.0.1:{service.settings.demo_port}")
        help_pages(browser, service.address)
        if isinstance(service, Service):
            right_to_left(browser, service)
        else:
            print("right to left needs a service started here: its parts are shared")
    total = sum(path.stat().st_size for path in FOLDER.glob("*.png"))
    print(f"together {total / 1024:.0f} kB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
