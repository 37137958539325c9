"""A stand-in for the PTV Open API on this machine, for the tests and the bench: the documented shapes of v11 and v12.

It speaks paging, date filters, ETags, the key of v12, and whatever trouble is asked of it (`faults`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Record = Mapping[str, Any]


class StandIn:
    """Serves records at `base(version)`. A fault is ("status", code, headers), ("slow", seconds), ("drip", seconds),
    ("cut",), ("garbage",) or None, one for each request, in order."""

    def __init__(self, services: Mapping[str, Record] | None = None, channels: Mapping[str, Record] | None = None,
                 organisations: Mapping[str, Record] | None = None, connections: list[Record] | None = None,
                 codes: Mapping[str, list[Record]] | None = None, page_size: int = 100, key: str | None = None) -> None:
        self.tables: dict[str, Mapping[str, Record]] = {
            "Service": dict(services or {}), "ServiceChannel": dict(channels or {}), "Organization": dict(organisations or {}),
        }
        self.connections = connections or []
        self.codes = codes or {}
        self.page_size = page_size
        self.key = key
        self.faults: deque[tuple | None] = deque()
        #: Every request as (path with query, status).
        self.log: list[tuple[str, int]] = []
        self.changed: dict[str, str] = {}
        self.etags = True
        handler = type("Handler", (_Handler,), {"standin": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> StandIn:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def base(self, version: str = "v11") -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/api/{version}"

    def answer(self, version: str, path: str, query: dict[str, list[str]]) -> Any:
        """The answer to one question, or None when there is none."""
        return self._v11(path, query) if version == "v11" else self._v12(path, query)

    def _v11(self, path: str, query: dict[str, list[str]]) -> Any:
        parts = path.split("/")
        table = self.tables.get(parts[0])
        if table is None:
            return None
        page = int(query.get("page", ["1"])[0])
        since = query.get("date", [""])[0]
        if parts[1:2] == ["list"] and "guids" in query:
            return [table[guid] for guid in query["guids"][0].split(",")[:100] if guid in table]
        if parts[1:] == ["list", "organization"]:
            wanted = query["organizationId"][0]
            return self._page11([r for r in table.values() if wanted in _owners(r)], page)
        if parts[1:4] == ["list", "area", "Municipality"]:
            return self._page11([r for r in table.values() if parts[-1] in _municipalities(r)], page)
        if len(parts) == 1 or parts[1] in ("area", "organization"):
            found = [r for i, r in table.items() if self._changed(i, r) >= since
                     and (parts[1:2] != ["area"] or parts[-1] in _municipalities(r))
                     and (parts[1:2] != ["organization"] or parts[-1] in _owners(r))]
            return self._page11([{"id": r["id"], "name": "?"} for r in found], page)
        return table.get(parts[1])

    def _page11(self, found: list[Any], page: int) -> dict[str, Any]:
        count = -(-len(found) // self.page_size)
        start = (page - 1) * self.page_size
        return {"pageNumber": page, "pageSize": self.page_size, "pageCount": count,
                "itemList": found[start:start + self.page_size]}

    def _v12(self, path: str, query: dict[str, list[str]]) -> Any:
        names = {"service": "Service", "service-channel": "ServiceChannel", "organization": "Organization"}
        page = int(query.get("page", ["1"])[0])
        size = min(int(query.get("pageSize", [str(self.page_size)])[0]), self.page_size)
        if path in self.codes or path in ("service-classes", "target-groups", "municipality-codes"):
            return self._page12(self.codes.get(path, []), page, size)
        kind, _, rest = path.partition("/")
        if kind == "connection":
            wanted = set(query.get("serviceContentIds", []))
            return self._page12([c for c in self.connections if c["serviceContentId"] in wanted], page, size)
        table = self.tables.get(names.get(kind, ""))
        if table is None:
            return None
        if rest != "search":
            return table.get(rest)
        since = query.get("publishedAtOrAfter", [""])[0]
        organisations = set(query.get("organizationContentIds", []))
        return self._page12([r for i, r in table.items() if self._changed(i, r) >= since[:19]
                             and (not organisations or organisations & _owners(r))], page, size)

    def _page12(self, found: list[Any], page: int, size: int) -> dict[str, Any]:
        start = (page - 1) * size
        return {"page": page, "pageSize": size, "totalItems": len(found), "totalPages": -(-len(found) // size),
                "items": found[start:start + size]}

    def _changed(self, identifier: str, record: Record) -> str:
        return self.changed.get(identifier) or str(record.get("modified") or "")


class _Handler(BaseHTTPRequestHandler):
    standin: StandIn
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        _, _, version, path = split.path.split("/", 3)
        fault = self.standin.faults.popleft() if self.standin.faults else None
        if fault and fault[0] == "status":
            return self._send(fault[1], b"{}", dict(fault[2]))
        if fault and fault[0] == "slow":
            time.sleep(fault[1])
        if self.standin.key and version == "v12" and self.headers.get("x-api-key") != self.standin.key:
            return self._send(401, b"{}", {})
        data = self.standin.answer(version, path, parse_qs(split.query))
        if data is None:
            return self._send(404, b"{}", {})
        body = json.dumps(data).encode()
        if fault and fault[0] == "garbage":
            body = b"<html>service break</html>"
        if fault and fault[0] in ("cut", "drip"):
            return self._partly(body, fault)
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"' if self.standin.etags else ""
        if etag and self.headers.get("If-None-Match") == etag:
            return self._send(304, b"", {"ETag": etag})
        return self._send(200, body, {"ETag": etag} if etag else {})

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.standin.log.append((self.path, status))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _partly(self, body: bytes, fault: tuple) -> None:
        """Half an answer and then nothing, or an answer that comes drop by drop."""
        self.standin.log.append((self.path, 200))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if fault[0] == "cut":
            self.wfile.write(body[: len(body) // 2])
        else:
            try:
                for start in range(0, len(body), max(1, len(body) // 20)):
                    self.wfile.write(body[start:start + max(1, len(body) // 20)])
                    self.wfile.flush()
                    time.sleep(fault[1])
            except OSError:  # the client gave up, as it should
                pass
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing on stderr: the tests read `log`."""


def _owners(record: Record) -> set[str]:
    found = {str(record.get("organizationId") or record.get("organizationContentId") or "")}
    for item in record.get("organizations") or []:
        if isinstance(item, Mapping):
            found.add(str((item.get("organization") or {}).get("id") or ""))
    return found


def _municipalities(record: Record) -> set[str]:
    return {str(m.get("code")) for area in record.get("areas") or [] for m in area.get("municipalities") or []}


def made_records(services: int, channels: int) -> Iterator[tuple[str, Record]]:
    """Records of plausible size and variety, by the name of their table, for the bench."""
    area: list[Any] = [{"type": "Municipality", "code": None, "name": None, "municipalities": [
        {"code": "444", "name": [{"value": "Lohja", "language": "fi"}, {"value": "Lojo", "language": "sv"}]}]}]
    for number in range(channels):
        place = number % 2 == 0
        closes = 15 + number % 3
        yield "ServiceChannel", {
            "id": f"c0000000-0000-4000-8000-{number:012d}", "serviceChannelType": "ServiceLocation" if place else "Phone",
            "organizationId": f"a0000000-0000-4000-8000-{number % 5:012d}",
            "serviceChannelNames": [{"language": "fi", "value": f"Palvelupiste {number}", "type": "Name"},
                                    {"language": "sv", "value": f"Serviceställe {number}", "type": "Name"}],
            "serviceChannelDescriptions": [{"language": "fi", "value": "Kuvaus palvelusta. " * 20, "type": "Description"}],
            "areas": area, "areaType": "LimitedType", "languages": ["fi", "sv"],
            "phoneNumbers": [{"type": "Phone", "prefixNumber": "+358", "number": f"40{number:07d}"[:9],
                              "serviceChargeType": "Chargeable", "language": "fi"}],
            "addresses": [{"type": "Location", "subType": "Single", "streetAddress": {
                "street": [{"value": "Laurinkatu", "language": "fi"}], "streetNumber": str(number % 99 + 1),
                "postalCode": "08100", "postOffice": [{"value": "LOHJA", "language": "fi"}],
                "municipality": area[0]["municipalities"][0],
                "latitude": f"{6_682_000 + number % 4000}.5", "longitude": f"{334_000 + number % 4000}.5"}}] if place else [],
            "serviceHours": [{"serviceHourType": "DaysOfTheWeek", "validForNow": True, "isClosed": False, "openingHour": [
                {"dayFrom": day, "dayTo": "", "from": "08:00:00", "to": f"{closes}:00:00"}
                for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")]}],
            "services": [], "publishingStatus": "Published", "modified": "2026-10-01T00:00:00",
        }
    for number in range(services):
        yield "Service", {
            "id": f"50000000-0000-4000-8000-{number:012d}", "type": "Service",
            "serviceNames": [{"language": "fi", "value": f"Palvelu {number}", "type": "Name"}],
            "serviceDescriptions": [{"language": "fi", "value": "Tiivistelmä.", "type": "Summary"},
                                    {"language": "fi", "value": "Pitkä kuvaus. " * 40, "type": "Description"}],
            "serviceClasses": [{"code": f"P5.{number % 18 + 1}", "uri": f"urn:P5.{number % 18 + 1}",
                                "name": [{"value": "Liikunta", "language": "fi"}]}],
            "targetGroups": [{"code": "KR1", "uri": "urn:KR1", "name": [{"value": "Kansalaiset", "language": "fi"}]}],
            "languages": ["fi"], "areas": area, "areaType": "LimitedType",
            "organizations": [{"roleType": "Responsible", "organization": {
                "id": f"a0000000-0000-4000-8000-{number % 5:012d}", "name": "Esimerkki ry"}}],
            "serviceChannels": [{"serviceChannel": {"id": f"c0000000-0000-4000-8000-{(2 * number + n) % max(1, channels):012d}"},
                                 "serviceHours": [], "contactDetails": None} for n in range(2)],
            "publishingStatus": "Published", "modified": "2026-10-01T00:00:00",
        }
    for number in range(5):
        yield "Organization", {
            "id": f"a0000000-0000-4000-8000-{number:012d}", "organizationType": "Organization" if number else "Municipality",
            "organizationNames": [{"language": "fi", "value": f"Yhdistys {number} ry", "type": "Name"}],
            "publishingStatus": "Published", "modified": "2026-10-01T00:00:00",
        }


def main() -> int:
    """Serve made records until stdin is closed; prints the base address."""
    import sys

    parser = argparse.ArgumentParser()
    parser.add_argument("--services", type=int, default=10_000)
    parser.add_argument("--channels", type=int, default=20_000)
    args = parser.parse_args()
    tables: dict[str, dict[str, Record]] = {"Service": {}, "ServiceChannel": {}, "Organization": {}}
    for name, record in made_records(args.services, args.channels):
        tables[name][record["id"]] = record
    with StandIn(tables["Service"], tables["ServiceChannel"], tables["Organization"]) as standin:
        print(standin.base(), flush=True)
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
