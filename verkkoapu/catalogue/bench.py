"""How long pulling and indexing takes, and how much memory: `python -m verkkoapu.catalogue.bench`.

The source is the stand-in in a process of its own, so that the peak measured here is the importer's alone. The
client's pause between requests is left out: it is politeness, not work.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from verkkoapu.catalogue import tray
from verkkoapu.catalogue.client import Client, Pace
from verkkoapu.catalogue.pull import Scope, pull
from verkkoapu.catalogue.report import report, understand
from verkkoapu.catalogue.store import Copy

ORGANISATIONS = tuple(f"a0000000-0000-4000-8000-{number:012d}" for number in range(5))


def bench(services: int, channels: int) -> dict[str, float | int]:
    """Pull everything, index it, and pull again when nothing changed; seconds and MB."""
    server = subprocess.Popen(
        [sys.executable, "-m", "verkkoapu.catalogue.standin", "--services", str(services), "--channels", str(channels)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    assert server.stdout is not None and server.stdin is not None
    try:
        base = server.stdout.readline().strip()
        with tempfile.TemporaryDirectory() as folder:
            return _measure(base, Path(folder))
    finally:
        server.stdin.close()
        server.wait(30)


def _measure(base: str, folder: Path) -> dict[str, float | int]:
    copy, now, scope = Copy(folder), datetime.now(UTC), Scope(organisations=ORGANISATIONS)
    found: dict[str, float | int] = {}

    def timed(name: str, start: float) -> None:
        found[f"{name}_seconds"] = round(time.perf_counter() - start, 2)
        found[f"{name}_peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)

    start = time.perf_counter()
    with Client("v11", base, pace=Pace(between=0)) as client:
        pulled = pull(client, copy, scope, now, full=True)
    timed("pull", start)
    found["requests"], found["records"] = pulled.requests, pulled.counts["new"]
    start = time.perf_counter()
    with Client("v11", base, pace=Pace(between=0)) as client:
        again = pull(client, copy, scope, now, full=True)
    timed("pull_unchanged", start)
    found["unchanged"] = again.counts["same"]
    start = time.perf_counter()
    reading = copy.read()
    entries, problems = understand(reading)
    found["services_in_tray"] = tray.build(reading.catalogue, entries, folder, now)
    timed("index", start)
    counts = report(reading, entries, problems)
    found["weekly_hours_converted"] = counts["hours"]["weekly"]["converted"]
    start = time.perf_counter()
    found["tray_matches"] = len(tray.search("lohja", "sport", path=folder / tray.FILE))
    timed("first_search", start)
    return found


def main() -> int:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m verkkoapu.catalogue.bench")
    parser.add_argument("--services", type=int, default=10_000)
    parser.add_argument("--channels", type=int, default=20_000)
    args = parser.parse_args()
    print(json.dumps(bench(args.services, args.channels), indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
