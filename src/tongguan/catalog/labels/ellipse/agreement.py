"""Agreement of two labels of the kind ellipse: intersection over union."""

from __future__ import annotations

import numpy as np

from tongguan.catalog.labels import region
from tongguan.catalog.labels.ellipse.geometry import rings
from tongguan.catalog.labels.ellipse.schema import EllipseLabel, EllipseShape


def agreement(first: EllipseLabel, second: EllipseLabel) -> float:
    """Intersection over union of two labels of one class, in [0, 1]; another label class counts 0."""
    return likeness(first, second) if first.label == second.label else 0.0


def likeness(first: EllipseShape, second: EllipseShape) -> float:
    """Intersection over union, whatever the label class. Two without area agree (1) only when they are equal."""
    one, other = rings(first), rings(second)
    if len(one) == len(other) and all(np.array_equal(a, b) for a, b in zip(one, other, strict=True)):
        return 1.0
    return region.iou(one, other)
