"""The registered member: what every label kind offers, for cuboid."""

from __future__ import annotations

from tongguan.catalog.labels.base import KindDefaults, LabelRecord
from tongguan.catalog.labels.cuboid.agreement import agreement as _agreement
from tongguan.catalog.labels.cuboid.schema import CuboidLabel


class CuboidKind(KindDefaults):
    """Contract of `LabelKind` for `cuboid`."""

    id = "cuboid"
    schema: type[LabelRecord] = CuboidLabel
    title = {"en": "Cuboid", "zh": "三维立体框"}
    example = {
        "kind": "cuboid",
        "label": "car",
        "id": "q1",
        "x": 12.0,
        "y": -3.5,
        "z": -0.8,
        "length": 4.2,
        "width": 1.8,
        "height": 1.6,
        "yaw": 0.3,
    }

    def agreement(self, first: CuboidLabel, second: CuboidLabel) -> float:
        """Intersection over union of the volumes; 0 for different label classes."""
        return _agreement(first, second)

    def unit(self) -> str:
        """One cuboid."""
        return "cuboid"
