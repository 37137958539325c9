"""The interface texts' catalogues beside the code that uses them: which keys are missing, unused or untranslated."""

from verkkoapu.content.messages.compare import check_messages
from verkkoapu.content.messages.update import update_catalogues

__all__ = ["check_messages", "update_catalogues"]
