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


class SearchUnavailable(VerkkoapuError):
    """The search's model is missing or cannot be loaded; the message says what to do."""


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


class AlreadyClaimed(VerkkoapuError):
    """Another counsellor has the conversation."""


class NotWaiting(VerkkoapuError):
    """The conversation is not in the queue (any more), so it cannot be claimed."""


class NotYours(VerkkoapuError):
    """The counsellor does not hold the conversation (any more): nothing is written."""


class AtCapacity(VerkkoapuError):
    """The counsellor already holds as many conversations as they may."""


class CounsellorNotAvailable(VerkkoapuError):
    """The person a conversation is to be passed to is away, not connected, or does not exist."""


class LoginRefused(VerkkoapuError):
    """The user name or the password is wrong, or the account may not log in."""


class LoginLocked(VerkkoapuError):
    """Too many failures: log-in is locked for `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(str(seconds))
        self.seconds = seconds
