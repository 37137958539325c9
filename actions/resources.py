"""What every action needs, loaded once a process: settings, clock, content and the search index."""

from __future__ import annotations

import logging
from functools import lru_cache

from verkkoapu.assistant import Assistant
from verkkoapu.clock import Clock
from verkkoapu.content import ContentStore
from verkkoapu.search.index import Fusion, SearchIndex
from verkkoapu.search.settings import load_fusion
from verkkoapu.settings import Settings, load_settings

log = logging.getLogger(__name__)


class Resources:
    """The loaded parts; `assistant()` always speaks from the newest good content."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock(settings.clock)
        self.contents = ContentStore(settings.content_dir)
        fusion: Fusion = load_fusion(settings.content_dir)
        self.index = SearchIndex.load(settings.var_dir / "models" / "search", settings.model, fusion)
        self._assistant = Assistant(self.contents.current(), self.index)

    def assistant(self) -> Assistant:
        content = self.contents.current()
        if content is not self._assistant.content:
            self._assistant = Assistant(content, self.index)
        return self._assistant


@lru_cache(maxsize=1)
def resources() -> Resources:
    """The one Resources of this process, made at the first call."""
    return Resources(load_settings())
