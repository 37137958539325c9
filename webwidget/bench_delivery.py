"""How long a message takes from send to the other side's window, and what an open window costs.

    python -m verkkoapu bench delivery

At each step that many conversations are open, each with a resident's event stream; counsellors hold all of them on
their own streams. Messages go both ways at a steady pace, and every one must arrive.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import psutil

from verkkoapu.handover.accounts import Account, Accounts
from verkkoapu.handover.people import Counsellor, Resident
from verkkoapu.keys import Keys
from verkkoapu.supervise import Service

STEPS = (10, 100, 1000)
#: Conversations a counsellor of the bench holds; far more than a person could, so that few streams carry many.
HELD = 200
MESSAGES = 300
#: Messages a second, both directions together: 1 000 busy conversations write about as many.
PACE = 25.0
#: The peers' figures, as read in shared/lessons.md: server-sent events on two cores, no record behind them.
PEERS = (
    {"what": "stream", "who": "gunicorn gevent, 2 000 streams (lessons.md)", "kb_a_stream": 22.0, "p99_ms": 4.0},
    {"what": "stream", "who": "gunicorn gthread (lessons.md)", "kb_a_stream": 36.0},
    {"what": "stream", "who": "Flask-SocketIO (lessons.md)", "kb_a_stream": 68.0},
)


@dataclass
class Windows:
    """Open streams, read in one loop; `arrived` notes when each message text first came, by who waits for it."""

    host: str
    port: int
    arrived: dict[str, float] = field(default_factory=dict)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    tasks: list[asyncio.Task] = field(default_factory=list)

    async def open(self, path: str, headers: dict[str, str], side: str) -> None:
        """One stream, followed until it is closed; returns when its first bytes are there."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\nAccept: text/event-stream\r\n{head}\r\n".encode())
        await writer.drain()
        status = await reader.readline()
        if b" 200 " not in status:
            raise RuntimeError(f"{path}: {status!r}")
        self.writers.append(writer)
        self.tasks.append(asyncio.create_task(self._follow(reader, side)))

    async def _follow(self, reader: asyncio.StreamReader, side: str) -> None:
        while line := await reader.readline():
            if not line.startswith(b"data:"):
                continue
            at = time.perf_counter()
            data = json.loads(line[5:])
            message = data.get("message", data)
            if message.get("from") != side and isinstance(message.get("text"), str) and message["text"].startswith("bench "):
                self.arrived.setdefault(message["text"], at)

    async def close(self) -> None:
        for writer in self.writers:
            writer.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


def measure(service: Service) -> list[dict[str, object]]:
    """Rows: delivery time both ways at each step, memory of the web process a stream, and the peers' figures."""
    rows: list[dict[str, object]] = []
    conversations: list[tuple[Resident, Counsellor]] = []
    counsellors: list[Counsellor] = []
    for step in STEPS:
        _open_conversations(service, step, conversations, counsellors)
        rows += asyncio.run(_step(service, conversations, counsellors))
    return [*rows, *PEERS]


def _open_conversations(service: Service, count: int, conversations: list[tuple[Resident, Counsellor]], counsellors: list[Counsellor]) -> None:
    """More conversations until there are `count`, each claimed at once."""
    accounts = Accounts(service.redis_client(), Keys(service.settings.key_prefix))
    password = secrets.token_urlsafe(12)
    while len(counsellors) * HELD < count:
        name = f"bench{len(counsellors)}-{secrets.token_hex(3)}"
        accounts.save(Account(id=name, name=name, languages=("en",), capacity=HELD), password)
        counsellors.append(Counsellor(service.address, name, password))
        counsellors[-1].be("available", HELD)

    def start(number: int) -> tuple[Resident, Counsellor]:
        resident, counsellor = Resident(service.address, "en"), counsellors[number // HELD]
        counsellor.call("POST", "/api/console/alive")
        assert resident.ask_person()["state"] == "queued"
        assert counsellor.claim(resident.id).status_code == 200
        return resident, counsellor

    with ThreadPoolExecutor(4) as pool:
        conversations += pool.map(start, range(len(conversations), count))


async def _step(service: Service, conversations: list[tuple[Resident, Counsellor]], counsellors: list[Counsellor]) -> list[dict[str, object]]:
    at = urlsplit(service.address)
    windows = Windows(at.hostname or "127.0.0.1", at.port or 80)
    before = _web_memory(service)
    cookie = {"Cookie": ""}
    for counsellor in counsellors:
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in counsellor.http.cookies.items())}
        await windows.open("/api/console/events", cookie, "counsellor")
    opened = time.perf_counter()
    for resident, _counsellor in conversations:
        await windows.open(resident.stream_path(), resident.headers(), "resident")
    seconds = time.perf_counter() - opened
    await asyncio.sleep(3)
    memory = _web_memory(service) - before
    streams = len(conversations) + len(counsellors)
    took: dict[str, list[float]] = {"resident": [], "counsellor": []}
    lost = 0
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(8) as pool:
        async def one(number: int) -> tuple[str, float | None]:
            side = ("resident", "counsellor")[number % 2]
            resident, counsellor = random.choice(conversations)
            text = f"bench {uuid.uuid4()}"
            sent = time.perf_counter()
            if side == "resident":
                await loop.run_in_executor(pool, resident.send, text)
            else:
                await loop.run_in_executor(pool, counsellor.send, resident.id, text)
            deadline = time.perf_counter() + 10
            while text not in windows.arrived and time.perf_counter() < deadline:
                await asyncio.sleep(0.002)
            return side, windows.arrived[text] - sent if text in windows.arrived else None

        for side, seconds_taken in await _paced(one, MESSAGES, PACE):
            if seconds_taken is None:
                lost += 1
            else:
                took[side].append(1000 * seconds_taken)
    await windows.close()
    rows: list[dict[str, object]] = [
        {"what": "delivery", "who": f"{side} to the other side", "open": len(conversations), "messages": len(times),
         "median_ms": statistics.median(times), "p99_ms": sorted(times)[int(len(times) * 0.99)]} for side, times in took.items()]
    rows.append({"what": "stream", "who": "ours", "open": streams, "kb_a_stream": memory / streams / 1000, "lost": lost,
                 "opened_a_second": len(conversations) / seconds})
    return rows


async def _paced(make: Callable[[int], Awaitable[Any]], count: int, pace: float) -> list[Any]:
    """Start `count` of them, `pace` a second, whatever each takes."""
    started, tasks = time.perf_counter(), []
    for number in range(count):
        await asyncio.sleep(max(0.0, started + number / pace - time.perf_counter()))
        tasks.append(asyncio.ensure_future(make(number)))
    return list(await asyncio.gather(*tasks))


def _web_memory(service: Service) -> float:
    process = psutil.Process(service.pid("web"))
    return float(sum(part.memory_info().rss for part in [process, *process.children(recursive=True)]))
