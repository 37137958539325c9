"""`verkkoapu messages check|update`: the interface texts' catalogues beside the code."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser("messages", help="check the message catalogues, or bring them up to date")
    commands = parser.add_subparsers(required=True, metavar="what")
    check = commands.add_parser("check", help="name what is missing, unused, untranslated or different between languages")
    check.add_argument("--json", action="store_true", help="print the findings as a JSON list")
    check.set_defaults(run=run_check)
    update = commands.add_parser("update", help="add missing entries empty and sort all by key")
    update.set_defaults(run=run_update)
    for command in (check, update):
        command.add_argument("--locale", type=Path, help="another folder of catalogues than the project's")


def run_check(arguments: argparse.Namespace) -> int:
    from verkkoapu.content.check.report import as_json, as_text
    from verkkoapu.content.messages import check_messages
    from verkkoapu.findings import errors

    findings = check_messages(locale=arguments.locale)
    print(as_json(findings) if arguments.json else as_text(findings))
    return 1 if errors(findings) else 0


def run_update(arguments: argparse.Namespace) -> int:
    from verkkoapu.content.messages import update_catalogues

    changed = update_catalogues(locale=arguments.locale)
    for language, added in changed.items():
        print(f"{language}: rewritten" + (f", {len(added)} added empty: {', '.join(added)}" if added else ""))
    if not changed:
        print("Every catalogue is up to date.")
    return 0
