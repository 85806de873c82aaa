"""Conversations: one JSON object a line, with messages."""

from __future__ import annotations

from tongguan.catalog.media.conversation.kind import SUFFIXES, ConversationType
from tongguan.catalog.media.conversation.messages import messages_of

__all__ = ["SUFFIXES", "ConversationType", "messages_of"]
