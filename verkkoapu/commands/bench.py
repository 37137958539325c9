"""`verkkoapu bench`: speed and memory of the whole service beside named peers, measured in one run."""

from __future__ import annotations

import argparse
import importlib
import json
import tempfile
from pathlib import Path

#: Name of a part → module and function that measures it; each takes the running service and returns rows.
PARTS = {
    "replies": "verkkoapu.bench.replies:measure",
    "delivery": "webwidget.bench_delivery:measure",
    "bytes": "webwidget.bench_bytes:measure",
}


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser("bench", help="measure speed and memory beside stock Rasa and other peers")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="which parts; all when none is named")
    parser.add_argument("--json", type=Path, help="write the rows to this file as well")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from verkkoapu.settings import PROJECT_DIR, load_settings
    from verkkoapu.supervise import Service, free_port

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "models").symlink_to(PROJECT_DIR / "var" / "models")
        service = Service(load_settings({
            "PORT": str(free_port()), "DEMO_PORT": str(free_port()), "VERKKOAPU_ENV": "test", "VERKKOAPU_DIR": folder,
            "VERKKOAPU_RATE_LIMIT": "off", "VERKKOAPU_CLOCK": "2026-11-24T10:00:00+02:00",
        }))
        service.start()
        try:
            rows = []
            for name in arguments.parts or PARTS:
                service.say(f"measuring {name}")
                module, function = PARTS[name].split(":")
                measure = getattr(importlib.import_module(module), function)
                found = measure(service.address if name == "bytes" else service)
                for row in found:
                    print("  ".join(f"{key}={value:.4g}" if isinstance(value, float) else f"{key}={value}" for key, value in row.items()), flush=True)
                rows += found
        finally:
            service.stop()
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1))
    return 0
