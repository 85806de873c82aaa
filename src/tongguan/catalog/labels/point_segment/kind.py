"""The registered member: what every label kind offers, for point_segment."""

from __future__ import annotations

from tongguan.catalog.labels.base import KindDefaults, LabelRecord
from tongguan.catalog.labels.point_segment.agreement import agreement as _agreement
from tongguan.catalog.labels.point_segment.schema import PointSegmentLabel


class PointSegmentKind(KindDefaults):
    """Contract of `LabelKind` for `point_segment`."""

    id = "point_segment"
    schema: type[LabelRecord] = PointSegmentLabel
    title = {"en": "Point segment", "zh": "点云分割"}
    example = {"kind": "point_segment", "label": "road", "id": "z1", "count": 12, "runs": [2, 4, 3, 2, 1]}

    def agreement(self, first: PointSegmentLabel, second: PointSegmentLabel) -> float:
        """Intersection over union of the points; 0 for different label classes."""
        return _agreement(first, second)

    def unit(self) -> str:
        """One segment."""
        return "point_segment"

    def problems(self, label: PointSegmentLabel, width: int, height: int) -> tuple[str, ...]:
        """`zero_area` without points."""
        return () if sum(label.runs[1::2]) else ("zero_area",)
