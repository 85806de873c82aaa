"""The registered member: what every label kind offers, for polyline."""

from __future__ import annotations

from decimal import Decimal

from tongguan.catalog.labels.base import Bounds, KindDefaults, LabelRecord
from tongguan.catalog.labels.polyline import geometry
from tongguan.catalog.labels.polyline.agreement import agreement as _agreement
from tongguan.catalog.labels.polyline.schema import PolylineLabel


class PolylineKind(KindDefaults):
    """Contract of `LabelKind` for `polyline`."""

    id = "polyline"
    schema: type[LabelRecord] = PolylineLabel
    title = {"en": "Polyline", "zh": "折线"}
    example = {"kind": "polyline", "label": "crack", "id": "l1", "points": [[5.0, 90.0], [40.0, 60.0], [88.0, 52.0]]}
    geometric = True
    many = True

    def bounds(self, label: PolylineLabel) -> Bounds | None:
        """Upright rectangle round it."""
        return geometry.bounds(label)

    def problems(self, label: PolylineLabel, width: int, height: int) -> tuple[str, ...]:
        """Ids of the checks that it fails in a picture of width x height pixels."""
        return geometry.problems(label, width, height)

    def agreement(self, first: PolylineLabel, second: PolylineLabel) -> float:
        """1 at the same place, 0 where the mean distance is 10 % of the length."""
        return _agreement(first, second)

    def unit(self) -> str:
        """Corners of the line."""
        return "point"

    def quantity(self, label: PolylineLabel) -> Decimal:
        """Points of the line."""
        return Decimal(len(label.points))
