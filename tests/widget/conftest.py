"""The browser fixtures."""

from tests.widget.browser import axe, browser, site

__all__ = ["axe", "browser", "site"]
