"""The registered member: what every label kind offers, for polygon."""

from __future__ import annotations

from decimal import Decimal

from tongguan.catalog.labels.base import Bounds, KindDefaults, LabelRecord
from tongguan.catalog.labels.polygon import geometry
from tongguan.catalog.labels.polygon.agreement import agreement as _agreement
from tongguan.catalog.labels.polygon.schema import PolygonLabel


class PolygonKind(KindDefaults):
    """Contract of `LabelKind` for `polygon`."""

    id = "polygon"
    schema: type[LabelRecord] = PolygonLabel
    title = {"en": "Polygon", "zh": "多边形"}
    example = {
        "kind": "polygon",
        "label": "patches",
        "id": "g1",
        "points": [[10.0, 10.0], [60.0, 12.0], [55.0, 50.0], [12.0, 44.0]],
        "holes": [[[25.0, 22.0], [35.0, 22.0], [30.0, 32.0]]],
    }
    geometric = True
    sized = True
    many = True

    def bounds(self, label: PolygonLabel) -> Bounds | None:
        """Upright rectangle round it."""
        return geometry.bounds(label)

    def problems(self, label: PolygonLabel, width: int, height: int) -> tuple[str, ...]:
        """Ids of the checks that it fails in a picture of width x height pixels."""
        return geometry.problems(label, width, height)

    def agreement(self, first: PolygonLabel, second: PolygonLabel) -> float:
        """Intersection over union, holes cut out; 0 for different label classes."""
        return _agreement(first, second)

    def unit(self) -> str:
        """Corners, holes included."""
        return "point"

    def quantity(self, label: PolygonLabel) -> Decimal:
        """Corners of all outlines and holes."""
        return Decimal(sum(map(len, geometry.rings(label))))
