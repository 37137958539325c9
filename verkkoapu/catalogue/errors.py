"""The named errors of the catalogue; their messages are keys of texts.<lang>.yaml with values."""

from __future__ import annotations

from verkkoapu.errors import VerkkoapuError


class CatalogueError(VerkkoapuError):
    """Base: `key` names the text that tells an operator what happened and what to do."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"{key} {values}" if values else key)
        self.key = key
        self.values = values


class SourceUnavailable(CatalogueError):
    """The source did not give a usable answer in spite of retries; our copy stays as it was."""


class PullRefused(CatalogueError):
    """What came is not taken into our copy, because it would take too much away or mix sources."""


class DecisionError(CatalogueError):
    """An editor's decision cannot be carried out as asked; nothing was written."""
