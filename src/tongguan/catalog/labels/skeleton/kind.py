"""The registered member: what every label kind offers, for skeleton."""

from __future__ import annotations

from decimal import Decimal

from tongguan.catalog.labels.base import Bounds, KindDefaults, LabelRecord
from tongguan.catalog.labels.skeleton import geometry
from tongguan.catalog.labels.skeleton.agreement import agreement as _agreement
from tongguan.catalog.labels.skeleton.schema import SkeletonLabel


class SkeletonKind(KindDefaults):
    """Contract of `LabelKind` for `skeleton`."""

    id = "skeleton"
    schema: type[LabelRecord] = SkeletonLabel
    title = {"en": "Skeleton", "zh": "骨架"}
    example = {
        "kind": "skeleton",
        "label": "person",
        "id": "s1",
        "points": [
            {"name": "left_shoulder", "x": 40.0, "y": 30.0, "visible": 2},
            {"name": "left_elbow", "x": 36.0, "y": 52.0, "visible": 1},
            {"name": "left_wrist", "x": 0.0, "y": 0.0, "visible": 0},
        ],
        "edges": [["left_shoulder", "left_elbow"], ["left_elbow", "left_wrist"]],
    }
    geometric = True
    many = True

    def bounds(self, label: SkeletonLabel) -> Bounds | None:
        """Upright rectangle round it."""
        return geometry.bounds(label)

    def problems(self, label: SkeletonLabel, width: int, height: int) -> tuple[str, ...]:
        """Ids of the checks that it fails in a picture of width x height pixels."""
        return geometry.problems(label, width, height)

    def agreement(self, first: SkeletonLabel, second: SkeletonLabel) -> float:
        """Object keypoint similarity of COCO, mean of both ways."""
        return _agreement(first, second)

    def unit(self) -> str:
        """Labelled points."""
        return "point"

    def quantity(self, label: SkeletonLabel) -> Decimal:
        """Points that were set, seen or hidden."""
        return Decimal(sum(point.visible > 0 for point in label.points))
