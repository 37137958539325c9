"""Start the action server: `python -m actions`. Rasa's webhook, and search and answers for the web process."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

import yaml
from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from actions.resources import resources
from verkkoapu.assistant import Turn
from verkkoapu.settings import PROJECT_DIR


class DomainFromFile(ActionExecutor):
    """Reads the domain from bot/domain.yml once: Rasa then need not send it with every turn.

    The SDK of today asks for a domain or its digest in each call; Rasa 3.6 knows no digest and would send it all.
    """

    def __init__(self) -> None:
        super().__init__()
        self.domain = yaml.safe_load((PROJECT_DIR / "bot" / "domain.yml").read_text(encoding="utf-8"))

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any] | None:
        return payload.get("domain") or self.domain


def make_app() -> Sanic:
    """The Sanic application with every model loaded before it listens."""
    executor = DomainFromFile()
    executor.register_package("actions.actions")
    app = create_app(executor, cors_origins=[])
    loaded = resources()

    @app.get("/search")
    async def search(request: Request) -> HTTPResponse:
        hits = loaded.index.search(request.args.get("q", ""), limit=max(1, min(50, int(request.args.get("limit", 5)))))
        return json({"results": [{"topic": hit.topic, "score": hit.score} for hit in hits]})

    @app.post("/answer")
    async def answer(request: Request) -> HTTPResponse:
        """One reply without Rasa: what the web process asks for when Rasa is down."""
        sent = request.json
        assistant = loaded.assistant()
        turn = Turn(sent["text"], sent["language"], loaded.clock.now(), sent.get("topic"), sent.get("municipality"))
        choice = sent.get("choice")
        return json(assistant.choose(turn, choice) if choice else assistant.reply(turn))

    return app


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # The access log would hold nothing private, but a line a turn is noise.
    logging.getLogger("sanic.access").setLevel(logging.WARNING)
    at = urlsplit(resources().settings.actions_url)
    app = make_app()
    app.run(host=at.hostname or "127.0.0.1", port=at.port or 5055, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
