"""Log-in through OpenID Connect, against a small provider that this test starts."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

from verkkoapu.connect import connect
from verkkoapu.handover.accounts import Account, Accounts
from verkkoapu.keys import Keys
from verkkoapu.settings import load_settings
from verkkoapu.supervise import free_port
from webwidget import create_app

CLIENT, SECRET = "verkkoapu", "client-secret"


class Provider:
    """Just enough of an OpenID Connect provider; `claims` and `spoil` say what its next ID token is like."""

    def __init__(self) -> None:
        self.key, self.other_key = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
        self.claims: dict[str, object] = {}
        self.spoil = ""
        self.codes: dict[str, dict[str, str]] = {}
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        app = Flask("provider")
        app.get("/.well-known/openid-configuration")(self.configuration)
        app.get("/jwks")(lambda: jsonify({"keys": [self.key.as_dict(private=False, kid="1")]}))
        app.get("/authorize")(self.authorize)
        app.post("/token")(self.token)
        self.server = make_server("127.0.0.1", self.port, app, threaded=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def configuration(self):
        return jsonify({"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize", "token_endpoint": f"{self.issuer}/token",
                        "jwks_uri": f"{self.issuer}/jwks", "id_token_signing_alg_values_supported": ["RS256"],
                        "response_types_supported": ["code"], "subject_types_supported": ["public"]})

    def authorize(self):
        code = secrets.token_urlsafe(8)
        self.codes[code] = {name: request.args[name] for name in ("nonce", "code_challenge", "redirect_uri")}
        assert request.args["client_id"] == CLIENT and request.args["code_challenge_method"] == "S256"
        return redirect(f"{request.args['redirect_uri']}?code={code}&state={request.args['state']}")

    def token(self):
        kept = self.codes.pop(request.form["code"], None)
        if kept is None or (request.authorization.username, request.authorization.password) != (CLIENT, SECRET):
            return jsonify({"error": "invalid_grant"}), 400
        digest = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != kept["code_challenge"]:
            return jsonify({"error": "invalid_grant"}), 400
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": kept["nonce"], **self.claims}
        claims |= {"audience": {"aud": "another"}, "issuer": {"iss": "http://127.0.0.1:1"}, "nonce": {"nonce": "stale"},
                   "expired": {"iat": now - 9000, "exp": now - 8000}}.get(self.spoil, {})
        key = self.other_key if self.spoil == "signature" else self.key
        return jsonify({"access_token": "x", "token_type": "Bearer", "expires_in": 300,
                        "id_token": jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)})


@pytest.fixture(scope="module")
def county(redis_url):
    provider = Provider()
    port, prefix = free_port(), "t" + secrets.token_hex(4)
    settings = load_settings({
        "PORT": str(port), "REDIS_URL": redis_url, "VERKKOAPU_KEY_PREFIX": prefix, "VERKKOAPU_ENV": "test", "VERKKOAPU_RATE_LIMIT": "off",
        "VERKKOAPU_SECRET_KEY": "for-tests", "VERKKOAPU_OIDC_ISSUER": provider.issuer, "VERKKOAPU_OIDC_CLIENT_ID": CLIENT,
        "VERKKOAPU_OIDC_CLIENT_SECRET": SECRET,
    })
    server = make_server("127.0.0.1", port, create_app(settings), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield SimpleNamespace(provider=provider, address=f"http://127.0.0.1:{port}",
                          accounts=Accounts(connect(settings), Keys(prefix)))
    server.shutdown()
    provider.server.shutdown()


def log_in(county) -> requests.Session:
    """Follow every redirect as a browser does."""
    browser = requests.Session()
    browser.trust_env = False
    browser.landed = browser.get(f"{county.address}/console/oidc/login", timeout=20).url
    return browser


def who(county, browser) -> str | None:
    counsellor = browser.get(f"{county.address}/api/console/me", timeout=20).json()["counsellor"]
    return counsellor["id"] if counsellor else None


def test_the_provider_says_who_and_the_account_says_what(county):
    county.accounts.save(Account("aino", "Aino", ("fi",), role="manager"))
    county.provider.claims, county.provider.spoil = {"sub": "s-1", "preferred_username": "Aino", "role": "admin"}, ""
    browser = log_in(county)
    assert who(county, browser) == "aino" and browser.landed == f"{county.address}/console/"
    assert browser.get(f"{county.address}/api/console/me", timeout=20).json()["counsellor"]["role"] == "manager"
    assert county.accounts.get("aino").subject == f"{county.provider.issuer}|s-1"


def test_the_name_is_bound_to_its_first_subject(county):
    county.accounts.save(Account("eero", "Eero", ("fi",)))
    county.provider.spoil = ""
    county.provider.claims = {"sub": "s-2", "preferred_username": "eero"}
    assert who(county, log_in(county)) == "eero"
    county.provider.claims = {"sub": "s-3", "preferred_username": "eero"}
    browser = log_in(county)
    assert who(county, browser) is None and "problem=oidc-no-account" in browser.landed
    county.provider.claims = {"sub": "s-2", "preferred_username": "renamed"}
    assert who(county, log_in(county)) == "eero"


def test_without_an_account_nobody_comes_in(county):
    county.provider.spoil = ""
    for claims in ({"sub": "s-9", "preferred_username": "stranger"}, {"sub": "s-9", "email": "aino", "email_verified": False}):
        county.provider.claims = claims
        assert who(county, log_in(county)) is None


@pytest.mark.parametrize("spoil", ["signature", "audience", "issuer", "nonce", "expired"])
def test_a_wrong_token_is_refused(county, spoil):
    county.accounts.save(Account("maija", "Maija", ("fi",)))
    county.provider.claims, county.provider.spoil = {"sub": "s-4", "preferred_username": "maija"}, spoil
    browser = log_in(county)
    assert who(county, browser) is None and "problem=oidc-refused" in browser.landed


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(county):
    county.accounts.save(Account("otso", "Otso", ("fi",)))
    county.provider.claims, county.provider.spoil = {"sub": "s-5", "preferred_username": "otso"}, ""
    thief = requests.Session()
    thief.trust_env = False
    start = thief.get(f"{county.address}/console/oidc/login", allow_redirects=False, timeout=20)
    back = thief.get(start.headers["Location"], allow_redirects=False, timeout=20).headers["Location"]
    victim = requests.Session()
    victim.trust_env = False
    assert "problem=" in victim.get(back, timeout=20).url and who(county, victim) is None
    assert parse_qs(urlsplit(back).query)["state"]
    cookie = start.headers["Set-Cookie"]
    assert "SameSite=Lax" in cookie and "HttpOnly" in cookie and "Path=/console/oidc" in cookie


def test_a_provider_that_is_away_is_said(county, monkeypatch):
    def away(*_args, **_kwargs):
        raise requests.ConnectionError("away")

    monkeypatch.setattr("webwidget.console.oidc._provider", lambda: SimpleNamespace(authorize_redirect=away))
    browser = log_in(county)
    assert "problem=oidc-unavailable" in browser.landed
    assert '<p class="problem" role="alert">' in browser.get(browser.landed, timeout=20).text
