"""`verkkoapu settings`: every setting with value, default and meaning."""

from __future__ import annotations

import argparse


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser("settings", help="print every setting with its value, default and meaning")
    parser.set_defaults(run=run)


def run(_arguments: argparse.Namespace) -> int:
    from verkkoapu.settings import describe_settings, load_settings

    print(describe_settings(load_settings()))
    return 0
