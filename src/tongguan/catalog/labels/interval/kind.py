"""The registered member: what every label kind offers, for interval."""

from __future__ import annotations

from tongguan.catalog.labels.base import KindDefaults, LabelRecord
from tongguan.catalog.labels.interval.agreement import agreement as _agreement
from tongguan.catalog.labels.interval.schema import IntervalLabel


class IntervalKind(KindDefaults):
    """Contract of `LabelKind` for `interval`."""

    id = "interval"
    schema: type[LabelRecord] = IntervalLabel
    title = {"en": "Interval", "zh": "时间区间"}
    example = {
        "kind": "interval",
        "label": "overload",
        "id": "i1",
        "start": 3600.0,
        "end": 7200.0,
        "axis": "seconds",
        "columns": ["OT"],
    }

    def agreement(self, first: IntervalLabel, second: IntervalLabel) -> float:
        """Intersection over union on the axis, times the share of columns that both name."""
        return _agreement(first, second)

    def unit(self) -> str:
        """One interval."""
        return "interval"

    def problems(self, label: IntervalLabel, width: int, height: int) -> tuple[str, ...]:
        """`zero_area` for an interval without length."""
        return ("zero_area",) if label.end <= label.start else ()
