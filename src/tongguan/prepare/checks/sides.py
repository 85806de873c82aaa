"""Sides of a split in words that files use."""

from __future__ import annotations

_WORDS = {"train": "train", "kept": "val", "line": "line", "test": "test"}


def said(side: str | None) -> str:
    """train, val, line or test."""
    return _WORDS.get(side or "", side or "no side")
