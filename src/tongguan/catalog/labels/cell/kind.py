"""The registered member: what every label kind offers, for cell."""

from __future__ import annotations

from tongguan.catalog.labels.base import KindDefaults, LabelRecord
from tongguan.catalog.labels.cell.agreement import agreement as _agreement
from tongguan.catalog.labels.cell.schema import CellLabel


class CellKind(KindDefaults):
    """Contract of `LabelKind` for `cell`."""

    id = "cell"
    schema: type[LabelRecord] = CellLabel
    title = {"en": "Cell", "zh": "表格单元格"}
    example = {
        "kind": "cell",
        "label": "dirty_value",
        "id": "x1",
        "row": 12,
        "column": "CA-125 (U/ml)",
        "value": "946.9",
    }

    def agreement(self, first: CellLabel, second: CellLabel) -> float:
        """1 for the same cell and class, times the likeness of the values."""
        return _agreement(first, second)

    def unit(self) -> str:
        """One cell."""
        return "cell"
