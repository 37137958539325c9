"""Settings: read once, named when wrong, trials refused in production."""

import subprocess
import sys

import pytest

from verkkoapu.errors import SettingsError
from verkkoapu.settings import SETTINGS, describe_settings, load_settings


def test_every_default_is_valid():
    settings = load_settings({})
    assert settings.port == 8080 and settings.host == "127.0.0.1"


@pytest.mark.parametrize(("name", "value"), [
    ("PORT", "http"), ("PORT", "70000"), ("VERKKOAPU_ENV", "staging"), ("VERKKOAPU_CLOCK", "yesterday"),
    ("VERKKOAPU_CLOCK", "2026-11-24T10:00:00"), ("VERKKOAPU_SITES", "www.example.fi"), ("VERKKOAPU_SITES", "https://a.fi/path"),
    ("VERKKOAPU_BOT_URL", "localhost"), ("VERKKOAPU_RATE_LIMIT", "0"),
])
def test_a_wrong_value_names_its_variable(name, value):
    with pytest.raises(SettingsError, match=name):
        load_settings({name: value})


@pytest.mark.parametrize(("name", "value"), [("VERKKOAPU_CLOCK", "2026-11-24T10:00:00+02:00"), ("VERKKOAPU_RATE_LIMIT", "off")])
def test_trials_are_refused_in_production(name, value):
    production = {"VERKKOAPU_ENV": "production", "VERKKOAPU_SECRET_KEY": "x" * 40}
    assert load_settings(production).production
    with pytest.raises(SettingsError, match=name):
        load_settings({**production, name: value})


def test_production_needs_a_secret_key():
    with pytest.raises(SettingsError, match="VERKKOAPU_SECRET_KEY"):
        load_settings({"VERKKOAPU_ENV": "production"})


def test_the_demo_site_may_call_only_outside_production():
    assert load_settings({"VERKKOAPU_SITES": "https://www.luvn.fi"}).allowed_origins[0] == "https://www.luvn.fi"
    assert "http://127.0.0.1:8090" in load_settings({}).allowed_origins
    production = load_settings({"VERKKOAPU_ENV": "production", "VERKKOAPU_SECRET_KEY": "x" * 40, "VERKKOAPU_SITES": "https://www.luvn.fi"})
    assert production.allowed_origins == ("https://www.luvn.fi",)


def test_secrets_are_not_printed():
    text = describe_settings(load_settings({"VERKKOAPU_SECRET_KEY": "very-secret", "REDIS_URL": "redis://:pw@127.0.0.1:1/0"}))
    assert "very-secret" not in text and ":pw@" not in text
    assert all(setting.env in text and setting.help in text for setting in SETTINGS)


def test_a_secret_in_an_error_is_hidden():
    with pytest.raises(SettingsError) as caught:
        load_settings({"REDIS_URL": "password-without-scheme"})
    assert "password-without-scheme" not in str(caught.value)


def test_the_command_prints_them_and_names_a_wrong_one():
    good = subprocess.run([sys.executable, "-m", "verkkoapu.cli", "settings"], capture_output=True, text=True, env={"PATH": ""}, timeout=60)
    assert good.returncode == 0 and "VERKKOAPU_CLOCK" in good.stdout
    bad = subprocess.run([sys.executable, "-m", "verkkoapu.cli", "settings"], capture_output=True, text=True, env={"PORT": "x"}, timeout=60)
    assert bad.returncode == 2 and "PORT" in bad.stderr and "Traceback" not in bad.stderr
