"""A bounded load from one process: threads with a kept-alive connection each."""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit


class Client:
    """JSON over one kept-alive connection: lighter than a full client, so that the load does not eat the cores it measures."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=30)

    def post(self, path: str, body: object, headers: dict[str, str] | None = None) -> object:
        """The JSON of a 2xx answer; raises RuntimeError for any other."""
        self._connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **(headers or {})})
        answer = self._connection.getresponse()
        data = answer.read()
        if not 200 <= answer.status < 300:
            raise RuntimeError(f"{path}: {answer.status} {data[:200]!r}")
        return json.loads(data) if data else None


def run_load(make_sender: Callable[[int], Callable[[int], None]], *, threads: int, seconds: float) -> dict[str, float]:
    """Send from `threads` at once for `seconds`; returns messages a second, median and 99th percentile in milliseconds."""
    times: list[list[float]] = [[] for _ in range(threads)]
    errors: list[BaseException] = []
    senders = [make_sender(number) for number in range(threads)]
    stop = time.monotonic() + seconds

    def work(number: int) -> None:
        turn = 0
        try:
            while time.monotonic() < stop:
                started = time.perf_counter()
                senders[number](turn)
                times[number].append(time.perf_counter() - started)
                turn += 1
        except BaseException as exc:
            errors.append(exc)

    started = time.monotonic()
    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.monotonic() - started
    if errors:
        raise errors[0]
    every = sorted(value for group in times for value in group)
    return {"messages": len(every), "per_second": len(every) / took, "median_ms": 1000 * statistics.median(every),
            "p99_ms": 1000 * every[min(len(every) - 1, int(len(every) * 0.99))]}
