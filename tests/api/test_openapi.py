"""The description at /api/openapi.json is valid, names every route, and real answers fit it."""

from __future__ import annotations

import re

import pytest
import requests
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from tests.resident import Resident

pytestmark = pytest.mark.service


@pytest.fixture(scope="module")
def description(service):
    return requests.get(f"{service.address}/api/openapi.json", timeout=10).json()


def test_the_description_is_valid_openapi(description):
    validate(description)


def test_every_route_of_the_api_is_described_and_nothing_else(description):
    from flask import Flask

    from webwidget import api, console

    app = Flask("routes")
    app.register_blueprint(api.blueprint)
    app.register_blueprint(console.blueprint)
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/") and "/oidc" not in rule.rule
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, methods in description["paths"].items() for method in methods}
    assert routes == described


def test_real_answers_fit_their_schemas(service, description):
    def check(name, value):
        schema = {"$ref": f"#/components/schemas/{name}", "components": description["components"]}
        errors = list(Draft202012Validator(schema).iter_errors(value))
        assert not errors, errors[0].message

    resident = Resident(service.address)
    check("Opened", resident.opened)
    for text in ("miten varaan ajan lääkärille", "isä ei hengitä", "kiitos", "asdf", "haluan ihmisen", "paljonko verot ovat", "missä se on"):
        check("Messages", resident.send(text).json())
    check("Messages", resident.get("/messages").json())
    check("Handover", resident.post("/handover", {}).json())
    check("Error", resident.send("").json())
    check("SearchResults", requests.get(f"{service.address}/api/search?q=neuvola", timeout=10).json())
