"""Agreement of two cuboids: intersection over union of their volumes."""

from __future__ import annotations

from tongguan.catalog.labels.cuboid.geometry import iou
from tongguan.catalog.labels.cuboid.schema import CuboidLabel, CuboidShape


def agreement(first: CuboidLabel, second: CuboidLabel) -> float:
    """Intersection over union of the volumes of two cuboids of one class, in [0, 1]; another label class counts 0."""
    return likeness(first, second) if first.label == second.label else 0.0


def likeness(first: CuboidShape, second: CuboidShape) -> float:
    """Intersection over union, whatever the label class. Two without volume agree (1) only when they are equal."""
    return iou(first, second)
