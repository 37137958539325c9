"""The project's own content, as it is now."""

from __future__ import annotations

from datetime import date

from verkkoapu.content import load_content
from verkkoapu.content.check import check_content
from verkkoapu.content.status import content_status
from verkkoapu.findings import errors
from verkkoapu.settings import PROJECT_DIR

CONTENT = PROJECT_DIR / "content"


def test_own_content_loads_without_a_finding():
    _content, findings = load_content(CONTENT)
    assert findings == []


def test_own_content_has_no_error():
    # A machine whose clock is behind must not find review dates in the future.
    found = errors(check_content(CONTENT, max(date.today(), date(2026, 11, 22))))
    assert not found, "\n".join(str(finding) for finding in found)


def test_every_topic_is_full_in_every_language_and_follows_its_source():
    cells = [cell for cell in content_status(CONTENT) if cell.state != "full"]
    assert cells == []
