"""Replies: messages a second and time through the whole service beside stock Rasa; growth over a conversation; memory."""

from __future__ import annotations

import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from verkkoapu.bench.load import Client, run_load
from verkkoapu.bench.stock import stock_rasa
from verkkoapu.supervise import Service

QUESTIONS = ("how do I book a dentist", "where can I get a flu vaccination", "my mother needs help at home", "I want to renew my prescription",
             "what does a visit to a doctor cost", "thanks", "my child has a rash", "how do I cancel my appointment")


def open_conversation(client: Client) -> tuple[str, dict[str, str]]:
    """A new conversation: its path, and the header with its token."""
    opened = client.post("/api/conversations", {"language": "en"})
    assert isinstance(opened, dict)
    return f"/api/conversations/{opened['id']}/messages", {"Authorization": f"Bearer {opened['token']}"}


def ours_sender(address: str) -> Callable[[int], Callable[[int], None]]:
    """Threads that talk to the service, a new conversation every ten turns."""
    def make(_number: int) -> Callable[[int], None]:
        client = Client(address)
        state: dict[str, Any] = {"path": "", "headers": {}}

        def send(turn: int) -> None:
            if turn % 10 == 0:
                state["path"], state["headers"] = open_conversation(client)
            client.post(state["path"], {"client_id": str(uuid.uuid4()), "text": QUESTIONS[turn % len(QUESTIONS)]}, state["headers"])

        return send

    return make


def stock_sender(url: str) -> Callable[[int], Callable[[int], None]]:
    """Threads that talk to stock Rasa, a new sender every ten turns."""
    base, path = url.split("/webhooks", 1)

    def make(number: int) -> Callable[[int], None]:
        client = Client(base)

        def send(turn: int) -> None:
            answer = client.post("/webhooks" + path, {"sender": f"{number}-{turn // 10}", "message": QUESTIONS[turn % len(QUESTIONS)]})
            if not answer:
                raise RuntimeError("stock Rasa gave an empty answer")

        return send

    return make


def growth(address: str, conversations: int = 6, turns: int = 100) -> dict[str, float]:
    """Median reply time of the first and the last five turns of long conversations, in milliseconds, and their ratio."""
    first: list[float] = []
    last: list[float] = []
    for _ in range(conversations):
        client = Client(address)
        path, headers = open_conversation(client)
        for turn in range(turns):
            started = time.perf_counter()
            client.post(path, {"client_id": str(uuid.uuid4()), "text": QUESTIONS[turn % len(QUESTIONS)]}, headers)
            took = 1000 * (time.perf_counter() - started)
            # The very first turn pays for Rasa's new session; it belongs to the first five.
            (first if turn < 5 else last if turn >= turns - 5 else []).append(took)
    return {"turn_1_ms": statistics.median(first), f"turn_{turns}_ms": statistics.median(last),
            "ratio": statistics.median(last) / statistics.median(first)}


def memory_mb(pids: dict[str, int]) -> dict[str, float]:
    """Resident memory of each part with its children, in megabytes."""
    found = {}
    for name, pid in pids.items():
        process = psutil.Process(pid)
        found[name] = sum(p.memory_info().rss for p in [process, *process.children(recursive=True)]) / 1e6
    return found


def measure(service: Service, seconds: float = 15, threads: int = 8) -> list[dict[str, object]]:
    """Rows of the table, ours and stock in turns (two rounds each, so that neither has the quieter machine)."""
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder, stock_rasa(Path(folder)) as (url, pids):
        run_load(ours_sender(service.address), threads=2, seconds=3)
        run_load(stock_sender(url), threads=2, seconds=3)
        for round_number in (1, 2):
            for name, sender in (("ours", ours_sender(service.address)), ("stock", stock_sender(url))):
                rows.append({"what": "replies", "who": name, "round": round_number, "threads": threads,
                             **run_load(sender, threads=threads, seconds=seconds)})
                rows.append({"what": "replies", "who": name, "round": round_number, "threads": 1,
                             **run_load(sender, threads=1, seconds=seconds / 2)})
        rows.append({"what": "memory_mb", "who": "stock", **memory_mb(pids)})
    best = {who: statistics.mean(float(str(row["per_second"])) for row in rows
                                 if row.get("who") == who and row["what"] == "replies" and row["threads"] == threads) for who in ("ours", "stock")}
    rows.append({"what": "replies_ratio", "who": "ours / stock", "messages_a_second": best["ours"] / best["stock"]})
    rows.append({"what": "growth", "who": "ours", **growth(service.address)})
    parts = ["web", "bot", "actions", *(["redis"] if service.embedded else [])]
    rows.append({"what": "memory_mb", "who": "ours", **memory_mb({name: service.pid(name) for name in parts})})
    return rows
