"""`verkkoapu evaluate`."""

from __future__ import annotations


def add_parser(subparsers) -> None:
    """Filled in below."""
