"""One polite HTTP client for both versions of the PTV Open API.

One request at a time with a pause between them, a timeout on everything, retries with growing waits on what may pass
(429, 5xx, cut or slow answers), and no redirects: a key must not follow one to another host.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from verkkoapu.catalogue.errors import SourceUnavailable

BASES = {
    "v11": "https://api.palvelutietovaranto.suomi.fi/api/v11",
    "v12": "https://api-gw.palvelutietovaranto.suomi.fi/api/v12",
}
#: DVV asks users for a name that tells who reads.
USER_AGENT = "Verkkoapu-catalogue/1 (wellbeing services county web help)"
#: A page of 100 full records is 1–2 MB; anything near this is not an answer of the catalogue.
MAX_BYTES = 64 * 1024 * 1024
Query = Mapping[str, str | int | Sequence[str]]


@dataclass(frozen=True)
class Pace:
    """How the client waits, in seconds. `whole` bounds one answer from first to last byte."""

    between: float = 0.2
    connect: float = 5.0
    read: float = 30.0
    whole: float = 120.0
    attempts: int = 6
    first_wait: float = 1.0
    longest_wait: float = 60.0
    longest_retry_after: float = 300.0


@dataclass(frozen=True)
class Answer:
    """`data` is None when the source said that nothing changed."""

    data: Any
    etag: str | None
    not_changed: bool = False


class _Passing(Exception):
    """A failure that may pass; carries the source's own wish how long to wait."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class Client:
    """Reads JSON from one base address; usable as a context manager."""

    def __init__(self, version: str, base: str | None = None, key: str | None = None, pace: Pace | None = None) -> None:
        self.version = version
        self.base = (base or BASES[version]).rstrip("/")
        self.pace = pace or Pace()
        self.requests = 0
        parts = urlsplit(self.base)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise SourceUnavailable("error.base_address", base=self.base)
        if key and parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise SourceUnavailable("error.key_needs_https", base=self.base)
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json"})
        if key:
            self._session.headers["x-api-key"] = key
        self._last = 0.0

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def url(self, path: str, query: Query | None = None) -> str:
        """The whole address, the same for the same question: it is also the name of a page in our state."""
        words = urlencode(sorted((query or {}).items()), doseq=True)
        return f"{self.base}/{path}" + (f"?{words}" if words else "")

    def get(self, url: str, etag: str | None = None) -> Answer:
        """One answer; raises SourceUnavailable when retries did not help or the source refuses."""
        pace = self.pace
        retrying = Retrying(
            retry=retry_if_exception_type(_Passing), stop=stop_after_attempt(pace.attempts), reraise=True,
            wait=_wait(wait_random_exponential(multiplier=pace.first_wait, max=pace.longest_wait), pace),
        )
        try:
            return retrying(self._once, url, etag)
        except _Passing as exc:
            raise SourceUnavailable("error.source_unavailable", url=url, reason=str(exc)) from exc

    def _once(self, url: str, etag: str | None) -> Answer:
        pause = self._last + self.pace.between - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        self.requests += 1
        try:
            with self._session.get(
                url, headers={"If-None-Match": etag} if etag else None, stream=True, allow_redirects=False,
                timeout=(self.pace.connect, self.pace.read),
            ) as response:
                return self._answer(url, response, etag)
        except requests.RequestException as exc:
            raise _Passing(type(exc).__name__) from exc
        finally:
            self._last = time.monotonic()

    def _answer(self, url: str, response: requests.Response, etag: str | None) -> Answer:
        status = response.status_code
        if status == 304 and etag:
            return Answer(None, etag, not_changed=True)
        if status == 429 or status >= 500 or status == 408:
            raise _Passing(f"HTTP {status}", _retry_after(response))
        if status != 200:
            raise SourceUnavailable("error.source_refused", url=url, reason=f"HTTP {status}")
        body = self._body(response)
        try:
            return Answer(json.loads(body.decode("utf-8-sig")), response.headers.get("ETag"))
        except (ValueError, RecursionError) as exc:
            raise _Passing("JSON") from exc

    def _body(self, response: requests.Response) -> bytes:
        deadline = time.monotonic() + self.pace.whole
        body = bytearray()
        for chunk in response.iter_content(65_536):
            body += chunk
            if time.monotonic() > deadline:
                raise _Passing("slow answer")
            if len(body) > MAX_BYTES:
                raise SourceUnavailable("error.source_refused", url=response.url, reason=f"> {MAX_BYTES} bytes")
        return bytes(body)


def _retry_after(response: requests.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdigit() else None


def _wait(default: Any, pace: Pace):
    """The wait the source asked for (within reason), else the growing one."""
    def wait(state: RetryCallState) -> float:
        failure = state.outcome.exception() if state.outcome else None
        asked = getattr(failure, "wait", None)
        return min(asked, pace.longest_retry_after) if asked is not None else default(state)

    return wait
