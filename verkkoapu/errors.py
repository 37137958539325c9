"""The named errors of the domain library."""

from __future__ import annotations


class VerkkoapuError(Exception):
    """Base of every error raised on purpose by this project."""


class SettingsError(VerkkoapuError):
    """An environment variable is missing or wrong; the message names it and says what to do."""


class ContentError(VerkkoapuError):
    """Content cannot be used; `findings` names every file, line and fix."""

    def __init__(self, findings: list) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


class StateUnavailable(VerkkoapuError):
    """Redis did not answer in time, so nothing may be acknowledged."""


class ConversationNotFound(VerkkoapuError):
    """There is no such conversation, or it has expired or been erased."""


class WrongToken(VerkkoapuError):
    """The caller does not hold this conversation's token."""


class ConversationClosed(VerkkoapuError):
    """The conversation was closed; nothing more can be written to it."""


class AssistantUnavailable(VerkkoapuError):
    """Rasa or the action server did not give a usable answer in time."""
