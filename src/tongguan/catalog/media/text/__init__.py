"""Plain text: its encoding is found, its lines are items."""

from __future__ import annotations

from tongguan.catalog.media.text.encoding import find_encoding
from tongguan.catalog.media.text.kind import SUFFIXES, TextType, read_text

__all__ = ["SUFFIXES", "TextType", "find_encoding", "read_text"]
