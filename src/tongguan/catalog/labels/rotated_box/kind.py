"""The registered member: what every label kind offers, for rotated_box."""

from __future__ import annotations

from tongguan.catalog.labels.base import Bounds, KindDefaults, LabelRecord
from tongguan.catalog.labels.rotated_box import geometry
from tongguan.catalog.labels.rotated_box.agreement import agreement as _agreement
from tongguan.catalog.labels.rotated_box.schema import RotatedBoxLabel


class RotatedBoxKind(KindDefaults):
    """Contract of `LabelKind` for `rotated_box`."""

    id = "rotated_box"
    schema: type[LabelRecord] = RotatedBoxLabel
    title = {"en": "Rotated box", "zh": "旋转框"}
    example = {
        "kind": "rotated_box",
        "label": "insulator",
        "id": "o1",
        "cx": 120.0,
        "cy": 80.0,
        "width": 90.0,
        "height": 20.0,
        "angle": 30.0,
    }
    geometric = True
    sized = True

    def bounds(self, label: RotatedBoxLabel) -> Bounds | None:
        """Upright rectangle round it."""
        return geometry.bounds(label)

    def problems(self, label: RotatedBoxLabel, width: int, height: int) -> tuple[str, ...]:
        """Ids of the checks that it fails in a picture of width x height pixels."""
        return geometry.problems(label, width, height)

    def agreement(self, first: RotatedBoxLabel, second: RotatedBoxLabel) -> float:
        """Intersection over union; 0 for different label classes."""
        return _agreement(first, second)

    def unit(self) -> str:
        """One rotated box."""
        return "rotated_box"
