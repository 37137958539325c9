"""The command line: `verkkoapu settings|run|content|messages|evaluate|bench|counsellor|catalogue`.

Each command's module is imported only when it is used, so that `verkkoapu settings` is quick.
"""

from __future__ import annotations

import argparse
import importlib
import sys

from verkkoapu.errors import ContentError, SettingsError

#: Modules with `add_parser(subparsers)`, in the order of the help page.
COMMANDS = (
    "verkkoapu.commands.settings", "verkkoapu.commands.run", "verkkoapu.commands.content", "verkkoapu.commands.messages",
    "verkkoapu.commands.evaluate", "verkkoapu.commands.bench", "verkkoapu.commands.counsellor", "verkkoapu.catalogue.cli",
)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="verkkoapu", description="Verkkoapu's commands.")
    subparsers = parser.add_subparsers(required=True, metavar="command")
    for name in COMMANDS:
        importlib.import_module(name).add_parser(subparsers)
    parsed = parser.parse_args(arguments)
    try:
        return int(parsed.run(parsed) or 0)
    except (SettingsError, ContentError) as exc:
        print(exc, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
