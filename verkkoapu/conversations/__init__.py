"""Conversations: one Redis Stream each is the single record of all that was said."""

from verkkoapu.conversations.store import Conversation, ConversationStore

__all__ = ["Conversation", "ConversationStore"]
