"""`verkkoapu catalogue …`: reading the source, matching, seeing and taking over changes.

The texts stand in texts.<language>.yaml; progress and remarks go to stderr, results to stdout.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from verkkoapu.catalogue.errors import CatalogueError
from verkkoapu.catalogue.texts import languages, say

#: The region's own codes of the ten municipalities and so on: content/catalogue/source.yaml.
SOURCE_FILE = Path("catalogue") / "source.yaml"


def add_parser(subparsers: Any) -> None:
    """Register `catalogue` and its commands with the `verkkoapu` command line."""
    parser = subparsers.add_parser("catalogue", help=say("cli.help", "en"), description=say("cli.help", "en"))
    commands = parser.add_subparsers(dest="catalogue_command", required=True)
    _add_pull(commands)
    match = _command(commands, "match", _match, json_option=True)
    match.add_argument("--take-sure", action="store_true", help=say("cli.take_sure", "en"))
    match.add_argument("--choose", action="append", default=[], metavar="CONTACT=ENTRY", help=say("cli.choose", "en"))
    match.add_argument("--none", action="append", default=[], metavar="CONTACT", help=say("cli.none", "en"))
    diff = _command(commands, "diff", _diff, json_option=True)
    diff.add_argument("contacts", nargs="*", help=say("cli.contacts", "en"))
    accept = _command(commands, "accept", _accept)
    accept.add_argument("contacts", nargs="*", help=say("cli.contacts", "en"))
    accept.add_argument("--all", action="store_true", help=say("cli.all", "en"))
    accept.add_argument("--same", action="store_true", help=say("cli.same", "en"))
    hold = _command(commands, "hold", _hold)
    hold.add_argument("contacts", nargs="+", help=say("cli.contacts", "en"))
    _command(commands, "report", _report, json_option=True)
    export = _command(commands, "export", _export)
    export.add_argument("--out", type=Path, required=True, help=say("cli.out", "en"))


def main(argv: list[str] | None = None) -> int:
    """`python -m verkkoapu.catalogue …`: the same commands without the word `catalogue`."""
    parser = argparse.ArgumentParser(prog="python -m verkkoapu.catalogue")
    add_parser(parser.add_subparsers(dest="command", required=True))
    args = parser.parse_args(["catalogue", *(sys.argv[1:] if argv is None else argv)])
    return args.run(args)


def _command(commands: Any, name: str, run: Callable[[argparse.Namespace], int], json_option: bool = False):
    parser = commands.add_parser(name, help=say(f"cli.{name}", "en"), description=say(f"cli.{name}", "en"))
    parser.add_argument("--copy", type=Path, default=None, help=say("cli.copy", "en"))
    parser.add_argument("--language", choices=languages(), default="en", help=say("cli.language", "en"))
    if json_option:
        parser.add_argument("--json", action="store_true", help=say("cli.json", "en"))
    parser.set_defaults(run=lambda args: _safely(run, args))
    return parser


def _add_pull(commands: Any) -> None:
    pull = _command(commands, "pull", _pull)
    pull.add_argument("--from-folder", type=Path, metavar="DIR", help=say("cli.from_folder", "en"))
    pull.add_argument("--report", choices=("text", "json"), default="text", help=say("cli.report_option", "en"))
    for option in ("organisation", "county", "municipality"):
        pull.add_argument(f"--{option}", action="append", default=[], help=say(f"cli.{option}", "en"))
    pull.add_argument("--api", choices=("v11", "v12"), default=None, help=say("cli.api", "en"))
    pull.add_argument("--base-url", default=None, help=say("cli.base_url", "en"))
    which = pull.add_mutually_exclusive_group()
    which.add_argument("--full", action="store_true", help=say("cli.full", "en"))
    which.add_argument("--changes", action="store_true", help=say("cli.changes", "en"))
    pull.add_argument("--even-if-smaller", action="store_true", help=say("cli.even_if_smaller", "en"))
    pull.add_argument("--replace", action="store_true", help=say("cli.replace", "en"))


def _safely(run: Callable[[argparse.Namespace], int], args: argparse.Namespace) -> int:
    """A named error is one sentence and exit status 2; nothing was changed."""
    try:
        return run(args)
    except CatalogueError as exc:
        _note(say(exc.key, args.language, **exc.values))
        return 2


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class _Workplace:
    """What the commands work on: settings, content, the copy and what is in it, read when first needed."""

    def __init__(self, args: argparse.Namespace) -> None:
        from verkkoapu.catalogue.store import Copy
        from verkkoapu.clock import Clock
        from verkkoapu.settings import load_settings

        self.settings = load_settings()
        self.copy = Copy(args.copy or self.settings.var_dir / "catalogue")
        self.now = Clock(self.settings.clock).now()
        self.today = Clock(self.settings.clock).local().date()

    def content(self):
        from verkkoapu.content.load import load_content
        from verkkoapu.errors import ContentError

        try:
            return load_content(self.settings.content_dir)[0]
        except ContentError as exc:
            raise CatalogueError("error.content", reason=str(exc).splitlines()[0]) from exc

    def decisions(self):
        from verkkoapu.catalogue.decisions import Decisions

        return Decisions(self.settings.content_dir)

    def read(self):
        """The reading of the copy, its contacts and problems; an error when there is no copy."""
        from verkkoapu.catalogue.report import understand

        if not self.copy.state().records:
            raise CatalogueError("error.no_copy")
        reading = self.copy.read()
        entries, problems = understand(reading)
        return reading, entries, problems

    def index(self, reading, entries) -> int:
        """Make what other parts of the service read: the service tray."""
        from verkkoapu.catalogue import tray

        return tray.build(reading.catalogue, entries, self.copy.folder, self.now)


def _pull(args: argparse.Namespace) -> int:
    place = _Workplace(args)
    with place.copy.alone():
        return _pull_alone(args, place)


def _pull_alone(args: argparse.Namespace, place: _Workplace) -> int:
    from verkkoapu.catalogue import report as reports
    from verkkoapu.catalogue.client import Client
    from verkkoapu.catalogue.pull import pull, pull_folder

    language = args.language
    if args.from_folder is not None:
        reading, pulled = pull_folder(args.from_folder, place.copy, place.now, replace=args.replace)
    else:
        scope, version, base = _source(args, place.settings.content_dir)
        key = os.environ.get("PTV_API_KEY", "").strip() if version == "v12" else None
        if version == "v12" and not key:
            raise CatalogueError("error.key_missing")
        with Client(version, base, key) as client:
            pulled = pull(client, place.copy, scope, place.now, full=True if args.full else False if args.changes else None,
                          even_if_smaller=args.even_if_smaller,
                          progress=lambda label, page, pages: _note(
                              say("progress.page", language, label=label, page=page, pages=pages)))
        reading = place.copy.read()
        reading.problems += pulled.problems
    if pulled.resumed:
        _note(say("progress.resumed", language))
    entries, problems = reports.understand(reading)
    tray_size = place.index(reading, entries)
    counts = reports.report(reading, entries, problems)
    counts["pull"] = {"full": pulled.full, "requests": pulled.requests, **pulled.counts}
    counts["tray"] = tray_size
    _note(say("progress.done", language, mode=say(f"progress.{'full' if pulled.full else 'part'}", language),
              requests=pulled.requests, **pulled.counts))
    _note(say("progress.tray", language, count=tray_size))
    if args.report == "json":
        print(json.dumps(counts, ensure_ascii=False, indent=1))
    else:
        _print_counts(counts, language)
    return 0


def _print_counts(counts: Mapping[str, Any], language: str) -> None:
    print(say("progress.report", language, read=counts["records"]["total"],
              understood=sum(counts["records"]["understood"].values()), findings=counts["findings"]["total"]))
    print(say("progress.report_numbers", language, **counts["numbers"]))
    print(say("progress.report_hours", language, **counts["hours"]["weekly"]))
    print(say("progress.report_coordinates", language, **counts["coordinates"]))
    for kind, count in counts["findings"]["by_kind"].items():
        print(say("progress.findings", language, kind=kind, count=count))


def _source(args: argparse.Namespace, content_dir: Path):
    """Scope, version and address: the command line, then the environment, then content/catalogue/source.yaml."""
    from verkkoapu.catalogue.pull import Scope
    from verkkoapu.content.yamlfile import parse_yaml, read_text

    path = content_dir / SOURCE_FILE
    data: Any = {}
    if path.exists():
        data, problems = parse_yaml(read_text(path), str(SOURCE_FILE))
        if problems:
            raise CatalogueError("error.source_unreadable", reason=problems[0].message)
        data = data if isinstance(data, Mapping) else {}
    given = Scope(tuple(args.organisation), tuple(args.county), tuple(args.municipality))
    if not any(given.as_json().values()):
        listed = {name: tuple(str(code) for code in data.get(name) or ()) for name in given.as_json()}
        given = Scope(**listed)
    version = args.api or data.get("api") or "v11"
    return given, version, args.base_url or os.environ.get("PTV_BASE_URL", "").strip() or None


def _match(args: argparse.Namespace) -> int:
    from verkkoapu.catalogue.match import municipality_codes, propose

    place = _Workplace(args)
    content, decisions = place.content(), place.decisions()
    language = args.language
    _reading, entries, _problems = place.read()
    by_id = {entry.id: entry for entry in entries}
    chosen = [_pair(text) for text in args.choose] + [(contact, None) for contact in args.none]
    for contact, entry in chosen:
        if contact not in content.contacts:
            raise CatalogueError("error.no_contact", contact=contact)
        if entry is not None and entry not in by_id:
            raise CatalogueError("error.no_entry", entry=entry)
    proposals = propose(content, entries, municipality_codes(content, entries))
    if args.take_sure:
        named = {contact for contact, _entry in chosen}
        chosen += [(p.contact.id, p.candidates[0].entry.id) for p in proposals
                   if p.sure and p.contact.id not in decisions.by_contact and p.contact.id not in named]
    for contact, entry in chosen:
        decisions.decide(contact, entry, place.today)
        _note(say("match.taken", language, contact=contact, entry=entry or say("match.not_in_catalogue", language)))
    if chosen:
        decisions.save()
    open_ones = [p for p in proposals if p.contact.id not in decisions.by_contact]
    if args.json:
        print(json.dumps([_proposal_json(p) for p in open_ones], ensure_ascii=False, indent=1))
    else:
        _print_proposals(open_ones, len(decisions.by_contact), language)
    return 0


def _proposal_json(proposal: Any) -> dict[str, Any]:
    return {"contact": proposal.contact.id, "sure": proposal.sure, "candidates": [
        {"entry": c.entry.id, "names": dict(c.entry.names), "score": c.score, "reasons": list(c.reasons)}
        for c in proposal.candidates]}


def _print_proposals(proposals: list[Any], decided: int, language: str) -> None:
    for proposal in sorted(proposals, key=lambda p: (not p.sure, not p.candidates, p.contact.id)):
        contact = proposal.contact
        name = contact.names.get(language) or next(iter(contact.names.values()))
        if proposal.sure:
            print(_candidate_line("match.sure", proposal.candidates[0], language, contact=contact.id))
        elif proposal.candidates:
            print(say("match.choose", language, contact=contact.id, name=name))
            for candidate in proposal.candidates:
                print(_candidate_line("match.candidate", candidate, language))
        else:
            print(say("match.none", language, contact=contact.id, name=name))
    sure = sum(p.sure for p in proposals)
    empty = sum(not p.candidates for p in proposals)
    print(say("match.counts", language, sure=sure, choose=len(proposals) - sure - empty, none=empty, decided=decided))
    if proposals:
        print(say("match.hint", language))


def _candidate_line(key: str, candidate: Any, language: str, **more: str) -> str:
    names = candidate.entry.names
    return say(key, language, name=names.get(language) or next(iter(names.values()), ""), entry=candidate.entry.id,
               score=f"{candidate.score:.2f}",
               reasons=", ".join(say(f"match.reason.{reason}", language) for reason in candidate.reasons), **more)


def _pair(text: str) -> tuple[str, str]:
    contact, sign, entry = text.partition("=")
    if not sign or not contact or not entry:
        raise CatalogueError("error.not_pair", text=text)
    return contact, entry


def _differences(place: _Workplace, wanted: list[str]):
    """Each decided contact with its entry (None when it is gone), its open changes and the fields held back."""
    from verkkoapu.catalogue.changes import changes

    content, decisions = place.content(), place.decisions()
    for contact in wanted:
        if contact not in content.contacts:
            raise CatalogueError("error.no_contact", contact=contact)
        decision = decisions.by_contact.get(contact)
        if decision is None or decision.entry is None:
            raise CatalogueError("error.no_decision", contact=contact)
    _reading, entries, _problems = place.read()
    by_id = {entry.id: entry for entry in entries}
    found = []
    for decision in decisions.by_contact.values():
        contact = content.contacts.get(decision.contact)
        if decision.entry is None or contact is None or (wanted and decision.contact not in wanted):
            continue
        entry = by_id.get(decision.entry)
        usable = entry if entry is not None and entry.status == "published" else None
        every = changes(contact, usable, place.today) if usable else []
        held = [change for change in every if decision.held.get(change.field) == change.theirs]
        found.append((contact, usable, [c for c in every if c not in held], [c.field for c in held], decision))
    return content, decisions, found


def _diff(args: argparse.Namespace) -> int:
    from verkkoapu.catalogue.accept import safety_contacts

    place = _Workplace(args)
    content, decisions, found = _differences(place, args.contacts)
    safety = safety_contacts(content)
    if args.json:
        print(json.dumps([
            {"contact": contact.id, "entry": decision.entry, "safety": contact.id in safety, "gone": entry is None,
             "changes": [{"field": c.field, "ours": c.ours, "theirs": c.theirs} for c in changed], "held": held}
            for contact, entry, changed, held, decision in found
        ], ensure_ascii=False, indent=1))
        return 0
    for contact, entry, changed, held, decision in found:
        for line in _diff_lines(contact, entry, changed, held, decision, contact.id in safety, args.language):
            print(line)
    undecided = sum(contact not in decisions.by_contact for contact in content.contacts)
    if undecided:
        _note(say("progress.undecided", args.language, count=undecided))
    return 0


def _diff_lines(contact, entry, changed, held, decision, safety: bool, language: str) -> list[str]:
    from verkkoapu.catalogue.changes import in_words, other_phones
    from verkkoapu.content.contactfile import phone_text

    name = contact.names.get(language) or next(iter(contact.names.values()))
    if entry is None:
        return [say("diff.gone", language, name=name, entry=decision.entry)]
    mark = f"{say('diff.safety', language)} " if safety else ""
    line = in_words(contact, changed, language) if changed else say("diff.same", language, name=name)
    lines = [f"[{contact.id}] {mark}{line}"]
    numbers = [phone_text(phone.number) for phone in other_phones(contact, entry)]
    if numbers:
        lines.append("    " + say("diff.other_numbers", language, numbers=", ".join(numbers)))
    if contact.phone and not any(phone.kind == "phone" for phone in entry.phones):
        lines.append("    " + say("diff.no_number", language))
    if held:
        lines.append("    " + say("diff.held", language, fields=", ".join(held)))
    return lines


def _accept(args: argparse.Namespace) -> int:
    from verkkoapu.catalogue.accept import safety_contacts, write_contact
    from verkkoapu.catalogue.changes import in_words

    place = _Workplace(args)
    language = args.language
    content, _decisions, found = _differences(place, args.contacts)
    safety = safety_contacts(content)
    if not args.contacts and not args.all and not args.same:
        found = []
    skipped = []
    done = 0
    for contact, entry, changed, held, _decision in found:
        if entry is None or (args.same and (changed or held)):
            continue
        if changed and contact.id in safety and contact.id not in args.contacts:
            skipped.append(contact.id)
            continue
        write_contact(place.settings.content_dir, contact, changed, place.today)
        done += 1
        print(say("progress.accepted", language, line=in_words(contact, changed, language)) if changed
              else say("progress.confirmed", language, contact=contact.id))
    if skipped:
        _note(say("progress.skipped_safety", language, contacts=", ".join(sorted(skipped))))
    if not done:
        _note(say("progress.nothing", language))
    return 0


def _hold(args: argparse.Namespace) -> int:
    from verkkoapu.catalogue.accept import write_contact
    from verkkoapu.catalogue.changes import changes, in_words

    place = _Workplace(args)
    _content, decisions, found = _differences(place, args.contacts)
    for contact, entry, _changed, _held, _decision in found:
        if entry is None:
            continue
        every = changes(contact, entry, place.today)
        # An editor has looked at the contact today: its own values stay, its date of checking does not.
        write_contact(place.settings.content_dir, contact, [], place.today)
        decisions.hold(contact.id, {change.field: change.theirs for change in every})
        print(say("progress.held", args.language, line=in_words(contact, every, args.language)))
    decisions.save()
    return 0


def _report(args: argparse.Namespace) -> int:
    from verkkoapu.catalogue import freshness, gaps, textnumbers
    from verkkoapu.catalogue.report import report as report_counts

    place = _Workplace(args)
    content, decisions = place.content(), place.decisions()
    reading, entries, problems = place.read()
    counts = report_counts(reading, entries, problems)
    found = freshness.findings(content.contacts, decisions, place.copy.state(), place.now, args.language)
    found += textnumbers.findings(content, args.language)
    missing = gaps.find_gaps(reading.catalogue, content, [d.entry for d in decisions.by_contact.values() if d.entry],
                             place.copy.state().scope.get("organisations", ()))
    gaps.write_drafts(missing, reading.catalogue, entries, place.copy.folder / "drafts")
    place.index(reading, entries)
    if args.json:
        counts["freshness_and_texts"] = [str(finding) for finding in found]
        counts["gaps"] = len(missing)
        counts["problems"] = [str(problem.finding(args.language)) for problem in problems]
        print(json.dumps(counts, ensure_ascii=False, indent=1))
        return 0
    _print_counts(counts, args.language)
    for finding in found:
        print(finding)
    print(say("progress.gaps", args.language, count=len(missing)))
    return 0


def _export(args: argparse.Namespace) -> int:
    from verkkoapu.catalogue.convert import exported, exported_service
    from verkkoapu.catalogue.store import write_json

    place = _Workplace(args)
    reading, entries, problems = place.read()
    services = [exported_service(service) for service in reading.catalogue.services.values()]
    contacts = [exported(entry) for entry in entries]
    write_json(args.out, {
        "attribution": say("attribution", args.language), "made": place.now.isoformat(timespec="seconds"),
        "contacts": contacts, "services": services,
        "findings": [{"record": p.record, "field": p.field, "kind": p.kind, "value": p.value} for p in problems],
    })
    _note(say("progress.exported", args.language, contacts=len(contacts), services=len(services), file=args.out))
    return 0
