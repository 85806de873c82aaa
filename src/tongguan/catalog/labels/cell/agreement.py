"""Agreement of two cells."""

from __future__ import annotations

from tongguan.catalog.labels.cell.schema import CellLabel
from tongguan.catalog.labels.text import likeness


def agreement(first: CellLabel, second: CellLabel) -> float:
    """1 for the same class at the same cell, times the likeness of the right values where one is given; else 0."""
    if (first.label, first.row, first.column) != (second.label, second.row, second.column):
        return 0.0
    return likeness(first.value or "", second.value or "")
