"""The registered member: what every label kind offers, for mask."""

from __future__ import annotations

from tongguan.catalog.labels.base import Bounds, KindDefaults, LabelRecord
from tongguan.catalog.labels.mask import geometry
from tongguan.catalog.labels.mask.agreement import agreement as _agreement
from tongguan.catalog.labels.mask.schema import MaskLabel


class MaskKind(KindDefaults):
    """Contract of `LabelKind` for `mask`."""

    id = "mask"
    schema: type[LabelRecord] = MaskLabel
    title = {"en": "Mask", "zh": "像素掩膜"}
    example = {"kind": "mask", "label": "patches", "id": "m1", "size": [4, 6], "counts": [5, 2, 2, 2, 2, 2, 9]}
    geometric = True
    sized = True

    def bounds(self, label: MaskLabel) -> Bounds | None:
        """Upright rectangle round it."""
        return geometry.bounds(label)

    def problems(self, label: MaskLabel, width: int, height: int) -> tuple[str, ...]:
        """Ids of the checks that it fails in a picture of width x height pixels."""
        return geometry.problems(label, width, height)

    def agreement(self, first: MaskLabel, second: MaskLabel) -> float:
        """Intersection over union of the pixels; 0 for different label classes."""
        return _agreement(first, second)

    def unit(self) -> str:
        """One mask."""
        return "mask"
