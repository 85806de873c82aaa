"""The registered member: what every label kind offers, for points."""

from __future__ import annotations

from decimal import Decimal

from tongguan.catalog.labels.base import Bounds, KindDefaults, LabelRecord
from tongguan.catalog.labels.points import geometry
from tongguan.catalog.labels.points.agreement import agreement as _agreement
from tongguan.catalog.labels.points.schema import PointsLabel


class PointsKind(KindDefaults):
    """Contract of `LabelKind` for `points`."""

    id = "points"
    schema: type[LabelRecord] = PointsLabel
    title = {"en": "Points", "zh": "点"}
    example = {"kind": "points", "label": "grain", "id": "d1", "points": [[12.0, 40.0], [33.5, 41.0]]}
    geometric = True
    many = True

    def bounds(self, label: PointsLabel) -> Bounds | None:
        """Upright rectangle round it."""
        return geometry.bounds(label)

    def problems(self, label: PointsLabel, width: int, height: int) -> tuple[str, ...]:
        """Ids of the checks that it fails in a picture of width x height pixels."""
        return geometry.problems(label, width, height)

    def agreement(self, first: PointsLabel, second: PointsLabel) -> float:
        """Share of points that pair up within 10 px, by nearness."""
        return _agreement(first, second)

    def unit(self) -> str:
        """Points."""
        return "point"

    def quantity(self, label: PointsLabel) -> Decimal:
        """Points of the label."""
        return Decimal(len(label.points))
