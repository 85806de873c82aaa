"""The registered member: what every label kind offers, for ellipse."""

from __future__ import annotations

from tongguan.catalog.labels.base import Bounds, KindDefaults, LabelRecord
from tongguan.catalog.labels.ellipse import geometry
from tongguan.catalog.labels.ellipse.agreement import agreement as _agreement
from tongguan.catalog.labels.ellipse.schema import EllipseLabel


class EllipseKind(KindDefaults):
    """Contract of `LabelKind` for `ellipse`."""

    id = "ellipse"
    schema: type[LabelRecord] = EllipseLabel
    title = {"en": "Ellipse", "zh": "椭圆"}
    example = {
        "kind": "ellipse",
        "label": "pitted_surface",
        "id": "e1",
        "cx": 90.0,
        "cy": 60.0,
        "rx": 30.0,
        "ry": 18.0,
        "angle": 15.0,
    }
    geometric = True
    sized = True

    def bounds(self, label: EllipseLabel) -> Bounds | None:
        """Upright rectangle round it."""
        return geometry.bounds(label)

    def problems(self, label: EllipseLabel, width: int, height: int) -> tuple[str, ...]:
        """Ids of the checks that it fails in a picture of width x height pixels."""
        return geometry.problems(label, width, height)

    def agreement(self, first: EllipseLabel, second: EllipseLabel) -> float:
        """Intersection over union; 0 for different label classes."""
        return _agreement(first, second)

    def unit(self) -> str:
        """One ellipse."""
        return "ellipse"
