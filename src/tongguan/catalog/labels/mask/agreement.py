"""Agreement of two masks: intersection over union of their pixels."""

from __future__ import annotations

from tongguan.catalog.labels.mask import rle
from tongguan.catalog.labels.mask.schema import MaskLabel, MaskShape


def agreement(first: MaskLabel, second: MaskLabel) -> float:
    """Intersection over union of two masks of one class, in [0, 1]; another label class counts 0."""
    return likeness(first, second) if first.label == second.label else 0.0


def likeness(first: MaskShape, second: MaskShape) -> float:
    """Intersection over union, whatever the label class; 0 for pictures of different size.

    Two masks without pixels agree (1).
    """
    if first.size != second.size:
        return 0.0
    if first.counts == second.counts:
        return 1.0
    shared, union = rle.shared_and_union(rle.expand(first.counts), rle.expand(second.counts))
    return shared / union if union else 1.0
