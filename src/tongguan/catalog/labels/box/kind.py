"""The registered member: what every label kind offers, for boxes."""

from __future__ import annotations

from tongguan.catalog.labels.base import Bounds, KindDefaults, LabelRecord
from tongguan.catalog.labels.box import geometry
from tongguan.catalog.labels.box.agreement import agreement as _agreement
from tongguan.catalog.labels.box.schema import BoxLabel


class BoxKind(KindDefaults):
    """Contract of `LabelKind` for `box`."""

    id = "box"
    schema: type[LabelRecord] = BoxLabel
    title = {"en": "Box", "zh": "矩形框"}
    example = {"kind": "box", "label": "scratches", "id": "b1", "x": 20.0, "y": 30.5, "width": 64.0, "height": 12.0}
    geometric = True
    sized = True

    def bounds(self, label: BoxLabel) -> Bounds | None:
        """The box itself."""
        return geometry.bounds(label)

    def problems(self, label: BoxLabel, width: int, height: int) -> tuple[str, ...]:
        """Ids of the checks that the box fails in a picture of width x height pixels."""
        return geometry.problems(label, width, height)

    def agreement(self, first: BoxLabel, second: BoxLabel) -> float:
        """Intersection over union; 0 for different label classes."""
        return _agreement(first, second)

    def unit(self) -> str:
        """One box."""
        return "box"
