"""`verkkoapu content check|status|stamp`: the editors' tools."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser("content", help="check the content, see what is translated, note what a translation was made from")
    commands = parser.add_subparsers(required=True, metavar="what")
    check = commands.add_parser("check", help="what must be mended, with file, line and fix; status 1 when there are errors")
    check.add_argument("--gaps", action="store_true", help="list also what is not known yet")
    check.add_argument("--today", type=date.fromisoformat, metavar="DATE", help="check as if it were this day")
    check.set_defaults(run=run_check)
    status = commands.add_parser("status", help="which topic stands in which language, and how many example messages it has")
    status.set_defaults(run=run_status)
    stamp = commands.add_parser("stamp", help="note in translations which version of the source they follow")
    stamp.add_argument("--topic", help="only this topic")
    stamp.add_argument("--language", help="only this language")
    stamp.set_defaults(run=run_stamp)
    for command in (check, status, stamp):
        command.add_argument("--content", type=Path, metavar="DIR", help="another content folder than the service's")
    for command in (check, status):
        command.add_argument("--json", action="store_true", help="print JSON")


def run_check(arguments: argparse.Namespace) -> int:
    from verkkoapu.content.check import check_content
    from verkkoapu.content.check.report import as_json, as_text
    from verkkoapu.findings import errors

    findings = check_content(_folder(arguments), arguments.today)
    print(as_json(findings) if arguments.json else as_text(findings, arguments.gaps))
    return 1 if errors(findings) else 0


def run_status(arguments: argparse.Namespace) -> int:
    from verkkoapu.content.status import as_json, as_text, content_status

    status = content_status(_folder(arguments))
    print(as_json(status) if arguments.json else as_text(status))
    return 0


def run_stamp(arguments: argparse.Namespace) -> int:
    from verkkoapu.content.stamp import stamp_translations

    changed, problems = stamp_translations(_folder(arguments), arguments.topic, arguments.language)
    for file in changed:
        print(f"stamped {file}")
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(changed)} stamped, {len(problems)} refused.")
    return 1 if problems else 0


def _folder(arguments: argparse.Namespace) -> Path:
    if arguments.content is not None:
        return Path(arguments.content)
    from verkkoapu.settings import load_settings

    return Path(load_settings().content_dir)
