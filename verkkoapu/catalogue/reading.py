"""Any JSON to the internal model: which kind of record it is, which adapter reads it, and what could not be read.

A record that cannot be understood is a problem and never stops the others.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from verkkoapu.catalogue import adapter_v11, adapter_v12
from verkkoapu.catalogue.model import Catalogue, Connection, Details
from verkkoapu.catalogue.problems import Problem, Problems
from verkkoapu.catalogue.shared import Shared
from verkkoapu.catalogue.values import identifier, items, mapping, names_of, text

#: Kinds of record, and the folder of our copy that each one is kept in.
FOLDERS = {"service": "services", "channel": "channels", "organisation": "organisations", "connection": "connections"}


@dataclass
class Reading:
    """What came of reading many records."""

    catalogue: Catalogue = field(default_factory=Catalogue)
    problems: list[Problem] = field(default_factory=list)
    read: Counter = field(default_factory=Counter)
    understood: Counter = field(default_factory=Counter)
    shared: Shared = field(default_factory=Shared)

    def add(self, record: Any, where: str = "?") -> None:
        """Read one record; `where` names it when it has no id."""
        found = Problems()
        kind = kind_of(record)
        self.read[kind] += 1
        found.record = record_id(record) or where
        try:
            if self._add(kind, record, found):
                self.understood[kind] += 1
        except Exception as exc:
            # Whatever a record holds, the others are read: its id and the kind of failure tell where to look.
            found.add("record_failed", type(exc).__name__, exc)
        self.problems += found.found

    def _add(self, kind: str, record: Any, found: Problems) -> bool:
        if kind == "other":
            found.add("not_a_record", "", type(record).__name__)
            return False
        if kind == "connection":
            connection = adapter_v12.read_connection(record, found)
            if connection is not None:
                self._connect([connection])
            return connection is not None
        if not record_id(record):
            raw = text(record.get("id") or record.get("contentId"))
            found.add("bad_id" if raw else "no_id", "id", raw)
            return False
        adapter = adapter_v12 if is_v12(record) else adapter_v11
        table: dict[str, Any] = getattr(self.catalogue, FOLDERS[kind])
        connections: list[Connection] = []
        if kind == "service":
            new, connections = adapter.read_service(record, found, self.shared)
        elif kind == "channel":
            new, connections = adapter.read_channel(record, found, self.shared)
        else:
            new = adapter.read_organisation(record, found, self.shared)
        if not new.names:
            found.add("no_name", "names")
        old = table.get(new.id)
        if old is not None:
            found.add("duplicate", "id")
        if old is None or (new.modified or "") >= (old.modified or ""):
            table[new.id] = new
        self._connect(connections)
        return True

    def _connect(self, connections: Iterable[Connection]) -> None:
        for connection in connections:
            key = (connection.service, connection.channel)
            known = self.catalogue.connections.get(key)
            # Version 11 tells each connection twice, at the service and at the channel.
            if known is None or (_says(connection.details) and not _says(known.details)):
                self.catalogue.connections[key] = connection


def _says(details: Details) -> bool:
    return any(value is not None for value in (details.phones, details.hours, details.addresses, details.emails, details.urls))


def kind_of(record: Any) -> str:
    """service, channel, organisation, connection or other, told by the record's fields."""
    if not isinstance(record, Mapping):
        return "other"
    if "serviceContentId" in record and ("channelContentId" in record or "serviceChannelContentId" in record):
        return "connection"
    if "serviceChannelType" in record or "serviceChannelNames" in record:
        return "channel"
    if "serviceNames" in record or "serviceType" in record:
        return "service"
    if "organizationNames" in record or "organizationType" in record or "businessCode" in record:
        return "organisation"
    if "serviceChannels" in record or "serviceClasses" in record:
        return "service"
    return "other"


def is_v12(record: Mapping[str, Any]) -> bool:
    """Version 12 calls its ids contentId and keeps texts in languageVersions."""
    return "contentId" in record or "languageVersions" in record


def record_id(record: Any) -> str | None:
    """The record's id when it is usable; a connection's is made of both its ends."""
    item = mapping(record)
    if "serviceContentId" in item:
        service = identifier(item.get("serviceContentId"))
        channel = identifier(item.get("channelContentId") or item.get("serviceChannelContentId"))
        return f"{service}_{channel}" if service and channel else None
    return identifier(item.get("contentId") if item.get("contentId") else item.get("id"))


def records_in_file(path: Path) -> Iterator[Any]:
    """Every record of one file: one record, a list, or an answer of the API with its envelope.

    Raises OSError or ValueError when the file is not JSON.
    """
    try:
        data = json.loads(path.read_bytes().decode("utf-8-sig"))
    except RecursionError as exc:
        raise ValueError(str(exc)) from exc
    if isinstance(data, Mapping):
        for key in ("itemList", "items"):
            if isinstance(data.get(key), list) and kind_of(data) == "other":
                yield from data[key]
                return
        yield data
    elif isinstance(data, list):
        yield from data
    else:
        yield data


def read_folder(folder: Path, reading: Reading | None = None) -> Reading:
    """Read every JSON file of a folder and the folders in it."""
    reading = reading or Reading()
    for path in sorted(folder.rglob("*.json")):
        where = path.relative_to(folder).as_posix()
        try:
            for record in records_in_file(path):
                reading.add(record, where)
        except (OSError, ValueError) as exc:
            reading.read["unreadable"] += 1
            reading.problems.append(Problem(where, "", "unreadable", " ".join(str(exc).split())[:80]))
    return reading


def add_code_names(shared: Shared, code_lists: Iterable[Any]) -> None:
    """Names of classes, target groups and municipalities from version 12's code lists."""
    for code_list in code_lists:
        prefix = "municipality:" if text(mapping(code_list).get("list")) == "municipality-codes" else ""
        for item in items(mapping(code_list).get("items")):
            names = names_of(item)
            for key in (text(item.get("code")), text(item.get("uri"))):
                if key and names:
                    shared.code_names[f"{prefix}{key}"] = names
