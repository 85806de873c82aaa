"""Cell: one cell of a table, or a whole row."""

from __future__ import annotations

from tongguan.catalog.labels.cell.kind import CellKind
from tongguan.catalog.labels.cell.schema import CellLabel

__all__ = ["CellKind", "CellLabel"]
