"""Agreement of two turn edits."""

from __future__ import annotations

from tongguan.catalog.labels.text import likeness
from tongguan.catalog.labels.turn_edit.schema import TurnEditLabel


def agreement(first: TurnEditLabel, second: TurnEditLabel) -> float:
    """1 - edit distance of the new texts / length of the longer one; 0 for another turn or label class."""
    if (first.label, first.turn) != (second.label, second.turn):
        return 0.0
    return likeness(first.text, second.text)
