"""`verkkoapu run`: the whole service under one supervisor."""

from __future__ import annotations

import argparse


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser("run", help="start Redis, bot, actions and web; Ctrl-C stops them")
    parser.set_defaults(run=run)


def run(_arguments: argparse.Namespace) -> int:
    from verkkoapu.settings import load_settings
    from verkkoapu.supervise import Service

    return Service(load_settings()).run_until_stopped()
