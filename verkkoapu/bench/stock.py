"""Stock Rasa as a peer: its own pipeline, REST channel and tracker, and an action server with an action that says one word."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from verkkoapu.settings import PROJECT_DIR
from verkkoapu.supervise import QUIET_RASA, free_port

FILES = {
    "config.yml": """
recipe: default.v1
assistant_id: stock
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: CountVectorsFeaturizer
  - name: LogisticRegressionClassifier
policies:
  - name: RulePolicy
""",
    "domain.yml": """
version: "3.1"
intents: [question, thank]
actions: [action_empty]
""",
    "data/nlu.yml": """
version: "3.1"
nlu:
  - intent: question
    examples: |
      - how do I book a doctor
      - where is the dentist
      - I need help with an invoice
      - what does a visit cost
  - intent: thank
    examples: |
      - thank you
      - thanks
      - many thanks
      - cheers
""",
    "data/rules.yml": """
version: "3.1"
rules:
  - rule: question
    steps:
      - intent: question
      - action: action_empty
  - rule: thank
    steps:
      - intent: thank
      - action: action_empty
""",
    "credentials.yml": "rest:\n",
    "stock_actions/__init__.py": "",
    "stock_actions/actions.py": '''
from rasa_sdk import Action


class ActionEmpty(Action):
    def name(self):
        return "action_empty"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text="ok")
        return []
''',
}


@contextmanager
def stock_rasa(folder: Path) -> Iterator[tuple[str, dict[str, int]]]:
    """A running stock Rasa; yields its REST address and the process ids of its parts."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.lstrip("\n"))
    actions_port, rasa_port = free_port(), free_port()
    (folder / "endpoints.yml").write_text(f"action_endpoint:\n  url: http://127.0.0.1:{actions_port}/webhook\n")
    rasa = [str(PROJECT_DIR / ".venv-bot" / "bin" / "python"), "-m", "rasa"]
    environment = {**os.environ, **QUIET_RASA, "PYTHONPATH": str(folder)}
    subprocess.run([*rasa, "train", "--quiet", "--fixed-model-name", "stock"], cwd=folder, env=environment, check=True, capture_output=True)
    quiet: dict[str, Any] = {"cwd": folder, "env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    processes = {
        "actions": subprocess.Popen([sys.executable, "-m", "rasa_sdk", "--actions", "stock_actions.actions", "-p", str(actions_port)], **quiet),
        "rasa": subprocess.Popen([*rasa, "run", "-m", "models/stock.tar.gz", "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
                                  "-i", "127.0.0.1", "-p", str(rasa_port)], **quiet),
    }
    try:
        _wait(f"http://127.0.0.1:{actions_port}/health")
        _wait(f"http://127.0.0.1:{rasa_port}/")
        yield f"http://127.0.0.1:{rasa_port}/webhooks/rest/webhook", {name: process.pid for name, process in processes.items()}
    finally:
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            process.wait(timeout=20)


def _wait(url: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if requests.get(url, timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.3)
    raise RuntimeError(f"{url} did not answer in {seconds:.0f} s")
