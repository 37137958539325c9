"""Reading the source into our copy: which addresses are asked, in which order, and when the result is taken over.

Changes daily, everything weekly: a changed connection does not touch a record's `modified` (shared notes on PTV), so
only a full reading sees it. A full reading that brings less than half of what we have is refused: the source had a
bad day, and ours must not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from verkkoapu.catalogue.client import Answer, Client
from verkkoapu.catalogue.errors import PullRefused, SourceUnavailable
from verkkoapu.catalogue.problems import Problem
from verkkoapu.catalogue.reading import FOLDERS, Reading, kind_of, record_id, records_in_file
from verkkoapu.catalogue.store import Copy, Incoming, State, shrunk
from verkkoapu.catalogue.values import identifier, items, mapping, text

FULL_EVERY = timedelta(days=7)
#: At most so many ids in one question: v11 `guids`, v12 `serviceContentIds` (its specification's maxItems).
GUIDS_V11, IDS_V12 = 100, 20
#: Dates overlap by this much, because "modified" and "published" are not the same clock.
OVERLAP = timedelta(hours=2)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Scope:
    """Whose services: organisations (ids), wellbeing services counties (codes, v12 only), municipalities (codes)."""

    organisations: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    municipalities: tuple[str, ...] = ()

    def as_json(self) -> dict[str, list[str]]:
        return {name: sorted(getattr(self, name)) for name in ("organisations", "counties", "municipalities")}


@dataclass
class Pulled:
    """What a pull did."""

    full: bool
    resumed: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    requests: int = 0


def pull(client: Client, copy: Copy, scope: Scope, now: datetime, *, full: bool | None = None,
         even_if_smaller: bool = False, progress: Progress = lambda *_: None) -> Pulled:
    """Read the source and take the result over. Raises SourceUnavailable or PullRefused; the copy is then as before."""
    if client.version == "v11" and scope.counties:
        raise PullRefused("error.county_needs_v12")
    if not any(scope.as_json().values()):
        raise PullRefused("error.no_scope")
    state = copy.state()
    if state.source == "folder":
        raise PullRefused("error.mixed_sources", folder=copy.folder)
    what = {"version": client.version, "base": client.base, **scope.as_json()}
    if full is None:
        last = datetime.fromisoformat(state.full_at) if state.full_at else None
        full = last is None or now - last >= FULL_EVERY or state.scope != what
    since = None
    if not full:
        if not state.changes_at or state.scope != what:
            raise PullRefused("error.no_full_yet")
        since = datetime.fromisoformat(state.changes_at) - OVERLAP
    incoming = Incoming(copy, {"what": what, "full": full, "since": state.changes_at if since else None}, now)
    result = Pulled(full, incoming.resumed)
    reader = (_V11 if client.version == "v11" else _V12)(client, incoming, state, result, progress)
    if since is None:
        reader.everything(scope)
        smaller = None if even_if_smaller else shrunk(state, incoming.digests)
        if smaller:
            raise PullRefused("error.shrunk", kind=smaller[0], before=smaller[1], now=smaller[2])
    else:
        reader.changes(scope, since)
    result.counts = incoming.take_over(state, client.version, full)
    result.requests = client.requests
    return result


def pull_folder(folder: Path, copy: Copy, now: datetime, *, replace: bool = False) -> tuple[Reading, Pulled]:
    """Read recorded records into the copy and the model. A copy of the real source is not mixed with recordings."""
    if not folder.is_dir():
        raise PullRefused("error.no_folder", folder=folder)
    state = copy.state()
    if state.records and state.source != "folder" and not replace:
        raise PullRefused("error.mixed_sources", folder=copy.folder)
    incoming = Incoming(copy, {"what": {"folder": folder.name}, "full": True, "at": now.isoformat()}, now)
    result, reading = Pulled(True), Reading()
    newest: dict[tuple[str, str], str] = {}
    for path in sorted(folder.rglob("*.json")):
        where = path.relative_to(folder).as_posix()
        try:
            records = list(records_in_file(path))
        except (OSError, ValueError) as exc:
            reading.read["unreadable"] += 1
            reading.problems.append(Problem(where, "", "unreadable", " ".join(str(exc).split())[:80]))
            continue
        kept = []
        for record in records:
            reading.add(record, where)
            key = (kind_of(record), record_id(record) or "")
            if key[0] not in FOLDERS or not key[1]:
                continue
            modified = text(mapping(record).get("modified"))
            if modified >= newest.get(key, ""):  # of two recordings of one record the later one is kept
                newest[key] = modified
                kept.append(record)
        incoming.put_page(where, kept, State())
    result.counts = incoming.take_over(State(), "folder", full=True)
    _remove_others(copy, incoming)
    return reading, result


def _remove_others(copy: Copy, incoming: Incoming) -> None:
    """A copy made of a folder holds that folder's records and no older recording's."""
    for name in FOLDERS.values():
        for path in (copy.folder / name).glob("*.json"):
            if f"{name}/{path.stem}" not in incoming.digests:
                path.unlink()


class _Reader:
    def __init__(self, client: Client, incoming: Incoming, state: State, result: Pulled, progress: Progress) -> None:
        self.client, self.incoming, self.state = client, incoming, state
        self.result, self.progress = result, progress
        #: Channels and organisations that records name; fetched when they did not come by themselves.
        self.channels: set[str] = set()
        self.organisations: set[str] = set()

    def listed(self, label: str, path: str, query: Mapping[str, Any], key: str) -> Iterator[list[Any]]:
        """The records of every page. A page already read by the reading that was cut off is not asked again."""
        page, pages = 1, 1
        while page <= pages:
            url = self.client.url(path, {**query, "page": page})
            records, pages = self._page(url, key, pages)
            yield records
            self.progress(label, page, pages)
            page += 1

    def _page(self, url: str, key: str, pages: int) -> tuple[list[Any], int]:
        done = self.incoming.done.get(url)
        if done is not None:
            return self._again(done["digests"]), max(pages, done.get("pages", 1))
        known = self.state.pages.get(url) or {}
        answer = self.client.get(url, known.get("etag") if self._have_all(known) else None)
        if answer.not_changed:
            self.incoming.keep_page(url, known, self.state)
            return self._again(known["ids"]), max(pages, known.get("pages", 1))
        records, pages = _envelope(answer, key, url)
        self.result.problems += self.incoming.put_page(url, records, self.state, etag=answer.etag, pages=pages)
        return records, pages

    def one(self, path: str, query: Mapping[str, Any] | None = None) -> None:
        """A single record, or a list of them, by id."""
        url = self.client.url(path, query)
        done = self.incoming.done.get(url)
        if done is not None:
            return
        known = self.state.pages.get(url) or {}
        try:
            answer = self.client.get(url, known.get("etag") if self._have_all(known) else None)
        except SourceUnavailable as exc:
            if exc.key != "error.source_refused" or "404" not in str(exc.values.get("reason")):
                raise
            self.result.problems.append(Problem(path, "", "not_found"))
            self.incoming.put_page(url, [], self.state)
            return
        if answer.not_changed:
            self.incoming.keep_page(url, known, self.state)
            return
        records = answer.data if isinstance(answer.data, list) else [answer.data]
        self.note(records)
        self.result.problems += self.incoming.put_page(url, records, self.state, etag=answer.etag)

    def note(self, records: Iterable[Any]) -> None:
        """Remember which channels and organisations these records name."""
        for record in records:
            record = mapping(record)
            for item in items(record.get("serviceChannels")):
                self.channels.add(identifier(mapping(item.get("serviceChannel")).get("id")) or "")
            for item in items(record.get("organizations")):
                self.organisations.add(identifier(mapping(item.get("organization")).get("id")) or "")
            self.channels.add(identifier(record.get("channelContentId")) or "")
            for key in ("organizationId", "organizationContentId", "responsibleOrganizationContentId"):
                self.organisations.add(identifier(record.get(key)) or "")

    def missing(self, folder: str, wanted: Iterable[str]) -> list[str]:
        """Those wanted ids that did not come."""
        return sorted(i for i in set(wanted) if i and f"{folder}/{i}" not in self.incoming.digests)

    def _have_all(self, page: Mapping[str, Any]) -> bool:
        folder = self.incoming.copy.folder
        return bool(page) and all((folder / f"{path}.json").exists() for path in page.get("ids", ()))

    def _again(self, paths: Iterable[str]) -> list[Any]:
        """Records that are on disk already: in the reading under way, or in our copy."""
        found: list[Any] = []
        for path in paths:
            for folder in (self.incoming.copy.incoming, self.incoming.copy.folder):
                try:
                    found += records_in_file(folder / f"{path}.json")
                    break
                except (OSError, ValueError):
                    continue
        return found


class _V11(_Reader):
    def everything(self, scope: Scope) -> None:
        for path, query, label in self._lists(scope):
            for records in self.listed(label, path, query, "itemList"):
                self.note(records)
        self._named()

    def changes(self, scope: Scope, since: datetime) -> None:
        """Ids changed since then; those of ours, and new ones of our areas, are fetched whole."""
        date = since.strftime("%Y-%m-%dT%H:%M:%S")
        ours = {path.split("/", 1)[1] for path in self.state.records}
        for kind, folder in (("Service", "services"), ("ServiceChannel", "channels")):
            wanted = {found for found in self._ids(kind, date) if found in ours}
            for code in scope.municipalities:
                wanted |= set(self._ids(f"{kind}/area/Municipality/code/{code}", date))
            if kind == "ServiceChannel":
                for organisation in scope.organisations:
                    wanted |= set(self._ids(f"ServiceChannel/organization/{organisation}", date))
            self._guids(kind, folder, wanted)
        self._named(known=ours)

    def _lists(self, scope: Scope) -> Iterator[tuple[str, dict[str, str], str]]:
        for organisation in scope.organisations:
            yield "Service/list/organization", {"organizationId": organisation}, "services"
            yield "ServiceChannel/list/organization", {"organizationId": organisation}, "channels"
            self.organisations.add(organisation)
        for code in scope.municipalities:
            yield f"Service/list/area/Municipality/code/{code}", {}, "services"
            yield f"ServiceChannel/list/area/Municipality/code/{code}", {}, "channels"

    def _ids(self, path: str, date: str) -> Iterator[str]:
        page, pages = 1, 1
        while page <= pages:
            answer = self.client.get(self.client.url(path, {"date": date, "page": page}))
            records, pages = _envelope(answer, "itemList", path)
            yield from (found for item in items(records) if (found := identifier(item.get("id"))))
            page += 1

    def _guids(self, kind: str, folder: str, wanted: Iterable[str]) -> None:
        ids = self.missing(folder, wanted)
        for start in range(0, len(ids), GUIDS_V11):
            self.one(f"{kind}/list", {"guids": ",".join(ids[start:start + GUIDS_V11])})
            self.progress(folder, min(start + GUIDS_V11, len(ids)), len(ids))

    def _named(self, known: set[str] | None = None) -> None:
        """Channels of other organisations that our services use, and the organisations themselves."""
        known = known or set()
        self._guids("ServiceChannel", "channels", self.channels - known)
        organisations = self.missing("organisations", self.organisations - known)
        for number, organisation in enumerate(organisations, 1):
            self.one(f"Organization/{organisation}")
            self.progress("organisations", number, len(organisations))


class _V12(_Reader):
    CODE_LISTS = ("service-classes", "target-groups", "municipality-codes")

    def everything(self, scope: Scope) -> None:
        self._search(scope, {})
        for name in self.CODE_LISTS:
            listed: list[Any] = []
            page, pages = 1, 1
            while page <= pages:
                answer = self.client.get(self.client.url(name, {"page": page, "pageSize": 100}))
                records, pages = _envelope(answer, "items", name)
                listed += records
                page += 1
            self.incoming.put_codes(name, listed)

    def changes(self, scope: Scope, since: datetime) -> None:
        moment = since.astimezone().isoformat(timespec="seconds")
        self._search(scope, {"publishedAtOrAfter": moment})

    def _search(self, scope: Scope, more: Mapping[str, str]) -> None:
        filters: list[dict[str, Any]] = []
        if scope.organisations:
            filters.append({"organizationContentIds": sorted(scope.organisations)})
        if scope.counties:
            filters.append({"wellbeingServicesCounties": sorted(scope.counties)})
        if scope.municipalities:
            filters.append({"municipalities": sorted(scope.municipalities)})
        services: list[str] = []
        for chosen in filters:
            for kind, folder in (("service", "services"), ("service-channel", "channels")):
                for records in self.listed(folder, f"{kind}/search", {**chosen, **more, "pageSize": 100}, "items"):
                    self.note(records)
                    if kind == "service":
                        services += [found for r in items(records) if (found := record_id(r))]
        if more:
            services += [path.split("/", 1)[1] for path in self.state.records if path.startswith("services/")]
        self._connections(sorted(set(services)), more)
        ours = {path.split("/", 1)[1] for path in self.state.records} if more else set()
        self.organisations.update(scope.organisations)
        for kind, folder, wanted in (("service-channel", "channels", self.channels),
                                     ("organization", "organisations", self.organisations)):
            ids = self.missing(folder, wanted - ours)
            for number, found in enumerate(ids, 1):
                self.one(f"{kind}/{found}")
                self.progress(folder, number, len(ids))

    def _connections(self, services: list[str], more: Mapping[str, str]) -> None:
        for start in range(0, len(services), IDS_V12):
            batch = services[start:start + IDS_V12]
            query = {"serviceContentIds": batch, "pageSize": 100, **more}
            for records in self.listed("connections", "connection/search", query, "items"):
                self.note(records)


def _envelope(answer: Answer, key: str, url: str) -> tuple[list[Any], int]:
    """The records and the number of pages of either version's envelope; a plain list is one page."""
    data = answer.data
    if isinstance(data, list):
        return data, 1
    listed = mapping(data).get(key)
    if not isinstance(listed, list):
        raise SourceUnavailable("error.source_unavailable", url=url, reason=text(key))
    pages = mapping(data).get("pageCount", mapping(data).get("totalPages", 1))
    return listed, pages if isinstance(pages, int) and 0 <= pages < 100_000 else 1
