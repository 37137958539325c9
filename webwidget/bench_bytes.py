"""How heavy the loader, the panel and a help page are, beside two chat widgets from npm, and how soon a phone can use them.

    python -m webwidget.bench_bytes http://127.0.0.1:8080 http://127.0.0.1:8090/fi/

Everything is fetched, compressed and loaded in one run on one machine: the same compression for all, one Chromium.
Needs npm for the peers, and the tests' packages (Playwright, brotli).
"""

from __future__ import annotations

import gzip
import json
import shutil
import statistics
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import brotli
import requests

from verkkoapu.settings import load_settings
from webwidget.widget import parts

BROWSER_ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-features=LocalNetworkAccessChecks",
)
#: A middling phone on a weak mobile line: bits a second, one way and the other, delay in milliseconds, processor slowed down.
PHONE = {"down": 1_600_000, "up": 750_000, "delay": 150, "slower": 4}
RUNS = 5


@dataclass(frozen=True)
class Peer:
    """A widget of others: its package, the one file its makers tell people to load, and the least page that shows it."""

    package: str
    version: str
    bundle: str
    body: str


PEERS = (
    Peer("deep-chat", "2.4.2", "dist/deepChat.bundle.js", '<deep-chat></deep-chat><script type="module" src="{bundle}"></script>'),
    Peer("rasa-webchat", "1.0.1", "lib/index.js",
         '<div id="webchat"></div><script src="{bundle}"></script>'
         '<script>WebChat.default({{socketUrl: location.origin, title: "Chat", embedded: false}}, null)</script>'),
)


@dataclass(frozen=True)
class Row:
    """One thing that is loaded: bytes as they are and compressed, and how many requests fetch it."""

    name: str
    raw: int
    gzip: int
    brotli: int
    requests: int
    third_parties: int = 0


def measure(service_url: str) -> list[Row]:
    """Loader, panel and help pages of a running service, then the peers."""
    service_url = service_url.rstrip("/")
    loader = _row("loader (widget.js)", [_get(f"{service_url}/widget.js")])
    files = [name for name in parts.names() if name != "widget.js"]
    bodies = [_get(f"{service_url}/widget/{parts.version()}/{name}") for name in files]
    bodies.append(_get(f"{service_url}/widget/texts/fi.json"))
    panel = _row("panel, everything in it, with its texts", bodies)
    pages = []
    for path in ("/fi/", "/fi/health-centre"):
        html = _get(service_url + path)
        style = html.decode().split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]
        pages.append(_row(f"help page {path} with its style sheet", [html, _get(service_url + style)]))
    return [loader, panel, *pages, *(peer_row(peer) for peer in PEERS)]


def peer_row(peer: Peer) -> Row:
    """The bundle of a peer, and what a page that embeds it asks the network for."""
    bundle = fetch_peer(peer)
    asked, foreign = _requests_of(peer, bundle)
    row = _row(f"{peer.package} {peer.version} ({peer.bundle})", [bundle.read_bytes()])
    return Row(row.name, row.raw, row.gzip, row.brotli, asked, foreign)


def fetch_peer(peer: Peer) -> Path:
    """The bundle, from the package that npm gives; kept in var/peers."""
    folder = load_settings().var_dir / "peers" / f"{peer.package}-{peer.version}"
    bundle = folder / "package" / peer.bundle
    if not bundle.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError("npm is missing: the peers come from npm packages")
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([npm, "pack", "--silent", f"{peer.package}@{peer.version}"], cwd=folder, check=True, capture_output=True, timeout=300)
        with tarfile.open(next(folder.glob("*.tgz"))) as archive:
            archive.extractall(folder, filter="data")
    return bundle


def time_to_panel(page_url: str, runs: int = RUNS) -> dict[str, float]:
    """Seconds from the press on the launcher to a panel with its greeting and a field to write in, on a slow phone, nothing kept.

    The press comes when the page has come to rest, as a person's does. Median and worst of `runs`.
    """
    times = []
    for _run in range(runs):
        with _phone() as page:
            page.goto(page_url, wait_until="networkidle")
            page.locator("verkko-apu .launch").wait_for()
            times.append(page.evaluate("""async () => {
                const root = document.querySelector("verkko-apu").shadowRoot, start = performance.now();
                root.querySelector(".launch").click();
                while (!root.querySelector(".panel:not([hidden]) .kind-greeting") || !root.querySelector("#input")?.checkVisibility())
                    await new Promise((done) => setTimeout(done, 10));
                return performance.now() - start;
            }""") / 1000)
    return {"median": statistics.median(times), "worst": max(times), "runs": float(runs)}


def _get(url: str) -> bytes:
    answer = requests.get(url, headers={"Accept-Encoding": "identity"}, timeout=30)
    answer.raise_for_status()
    return answer.content


def _row(name: str, bodies: list[bytes]) -> Row:
    return Row(name, sum(map(len, bodies)), sum(len(gzip.compress(body, 9)) for body in bodies), sum(len(brotli.compress(body)) for body in bodies),
               len(bodies))


@contextmanager
def _chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def _phone() -> Iterator[Any]:
    with _chromium() as browser:
        page = browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=3, has_touch=True, is_mobile=True).new_page()
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", {"offline": False, "latency": PHONE["delay"], "downloadThroughput": PHONE["down"] / 8,
                                                          "uploadThroughput": PHONE["up"] / 8})
        session.send("Emulation.setCPUThrottlingRate", {"rate": PHONE["slower"]})
        yield page


def _requests_of(peer: Peer, bundle: Path) -> tuple[int, int]:
    """How many requests a page that shows the peer makes, and how many of them go to others; the others are not let out."""
    origin = "http://peer.localhost"
    html = f"<!doctype html><html lang=en><title>t</title>{peer.body.format(bundle=origin + '/bundle.js')}</html>"
    asked: list[str] = []

    def answer(route: Any) -> None:
        url = route.request.url
        if url == f"{origin}/":
            route.fulfill(body=html, content_type="text/html")
            return
        asked.append(url)
        if url == f"{origin}/bundle.js":
            route.fulfill(path=str(bundle), content_type="text/javascript")
        else:
            route.abort()

    with _chromium() as browser:
        page = browser.new_page()
        page.route("**/*", answer)
        page.goto(f"{origin}/")
        page.wait_for_timeout(3000)
    distinct = set(asked)
    return len(distinct), len({url for url in distinct if urlsplit(url).netloc != urlsplit(origin).netloc})


def report(rows: list[Row]) -> str:
    """The rows as a table."""
    lines = [f"{'':58} {'raw':>9} {'gzip':>9} {'brotli':>9} {'requests':>9} {'to others':>10}"]
    lines += [f"{row.name:58} {row.raw:>9,} {row.gzip:>9,} {row.brotli:>9,} {row.requests:>9} {row.third_parties:>10}" for row in rows]
    return "\n".join(lines)


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    print(report(measure(sys.argv[1])))
    if len(sys.argv) > 2:
        found = time_to_panel(sys.argv[2])
        print(f"press to usable panel on a slow phone ({json.dumps(PHONE)}): median {found['median']:.2f} s, worst {found['worst']:.2f} s, "
              f"{found['runs']:.0f} runs")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
