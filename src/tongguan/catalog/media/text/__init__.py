"""Plain text: its encoding is found, its lines are items."""

from __future__ import annotations

from tongguan.catalog.media.text.encoding import find_encoding

__all__ = ["find_encoding"]
