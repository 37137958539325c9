"""`make check`: everything that can be said without running the service. Each check is tried; all failures are shown."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "PYTHONWARNINGS": "ignore"}
RASA = [str(ROOT / ".venv-bot" / "bin" / "python"), "-m", "rasa"]

CHECKS: tuple[tuple[str, list[str], Path], ...] = (
    ("lint", [PYTHON, "-m", "ruff", "check", "."], ROOT),
    ("types", [PYTHON, "-m", "mypy", "verkkoapu", "webwidget", "actions"], ROOT),
    ("imports, docs and settings agree", [PYTHON, "-m", "pytest", "-q", "tests/core/test_layering.py", "tests/core/test_docs.py"], ROOT),
    ("Rasa data", [*RASA, "data", "validate", "--max-history", "3", "--fail-on-warnings"], ROOT / "bot"),
    ("content", [PYTHON, "-m", "verkkoapu.cli", "content", "check"], ROOT),
    ("message catalogues", [PYTHON, "-m", "verkkoapu.cli", "messages", "check"], ROOT),
)


def main() -> int:
    failed = []
    for name, command, folder in CHECKS:
        started = time.monotonic()
        print(f"— {name} …", flush=True)
        done = subprocess.run(command, cwd=folder, env={**os.environ, **QUIET}, capture_output=True, text=True)
        took = time.monotonic() - started
        if done.returncode:
            failed.append(name)
            print((done.stdout + done.stderr)[-6000:])
        print(f"  {'FAILED' if done.returncode else 'ok'} ({took:.0f} s)", flush=True)
    print(f"{len(CHECKS) - len(failed)} checks passed, {len(failed)} failed" + (": " + ", ".join(failed) if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
