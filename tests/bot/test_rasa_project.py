"""The Rasa project by Rasa's own means, on the trained model: stories, turns held out from training, our components."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from verkkoapu.settings import PROJECT_DIR
from verkkoapu.supervise import QUIET_RASA

BOT = PROJECT_DIR / "bot"
PYTHON = PROJECT_DIR / ".venv-bot" / "bin" / "python"
ENVIRONMENT = {**os.environ, **QUIET_RASA}


def rasa(*arguments: str) -> str:
    done = subprocess.run([str(PYTHON), "-m", "rasa", *arguments], cwd=BOT, env={**ENVIRONMENT, "LOG_LEVEL": "INFO"}, capture_output=True,
                          text=True, timeout=280)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout + done.stderr


def test_every_story_is_told_right(tmp_path: Path):
    rasa("test", "core", "--stories", "tests/test_stories.yml", "--fail-on-prediction-errors", "--no-plot", "--out", str(tmp_path),
         "-m", "models/verkkoapu.tar.gz")
    report = json.loads((tmp_path / "story_report.json").read_text())
    assert report["accuracy"] == 1.0 and report["conversation_accuracy"]["total"] >= 7


def test_turns_held_out_from_training_are_understood(tmp_path: Path):
    rasa("test", "nlu", "--nlu", "tests/nlu.yml", "--no-plot", "--out", str(tmp_path), "-m", "models/verkkoapu.tar.gz")
    report = json.loads((tmp_path / "intent_report.json").read_text())
    assert report["weighted avg"]["support"] >= 150
    assert report["weighted avg"]["recall"] >= 0.85
    # A question taken for something else would not be searched at all.
    assert report["service_question"]["recall"] >= 0.85


def in_bot_environment(code: str) -> str:
    done = subprocess.run([str(PYTHON), "-c", code], cwd=BOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_replies_of_the_action_server_are_still_validated():
    out = in_bot_environment("""
from components import quick_validation
quick_validation.install()
from rasa.core.actions.action import RemoteAction
from jsonschema import ValidationError
action = RemoteAction("action_answer", None)
assert action._validate_action_result({"events": [], "responses": [{"text": "hi"}]}) is True
for wrong in ({"responses": ["text"]}, {"events": [{"event": 7}]}, {"responses": {}}):
    try:
        action._validate_action_result(wrong)
        print("accepted", wrong)
    except ValidationError as error:
        assert "Failed to validate" in str(error)
print("validated")
""")
    assert out.strip() == "validated"


def test_a_long_tracker_is_kept_short_with_its_slots():
    out = in_bot_environment("""
from components.short_tracker_store import KEPT_TURNS, shorten
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker
slots = [TextSlot("topic", mappings=[{}]), TextSlot("language", mappings=[{}])]
events = [ActionExecuted("action_session_start"), SlotSet("topic", "fees"), SlotSet("language", "sv")]
for number in range(50):
    events += [UserUttered(f"question {number}", {"name": "service_question"}), ActionExecuted("action_answer"), ActionExecuted("action_listen")]
tracker = DialogueStateTracker.from_events("x", events, slots)
short = shorten(tracker)
assert short.get_slot("topic") == "fees" and short.get_slot("language") == "sv"
assert short.latest_message.text == "question 49"
turns = [event for event in short.events if isinstance(event, UserUttered)]
assert len(turns) == KEPT_TURNS, len(turns)
assert len(shorten(short).events) == len(short.events)
print(len(short.events) < 30)
""")
    assert out.strip() == "True"


@pytest.mark.service
def test_a_plain_rasa_channel_gets_text_and_buttons(service):
    import requests

    answer = requests.post(f"{service.settings.bot_url}/webhooks/rest/webhook", timeout=20,
                           json={"sender": "plain-channel", "message": "miten varaan ajan hammaslääkärille"}).json()
    text = next(entry for entry in answer if "text" in entry)
    assert "hammas" in text["text"].casefold() and text["buttons"][0]["payload"].startswith('/choose{"choice": ')
    pressed = requests.post(f"{service.settings.bot_url}/webhooks/rest/webhook", timeout=20,
                            json={"sender": "plain-channel", "message": text["buttons"][0]["payload"]}).json()
    assert any(entry.get("text") for entry in pressed)
