"""Agreement of two sets of points: how many pair up, and how near."""

from __future__ import annotations

import numpy as np

from tongguan.catalog.labels.assignment import best_pairs
from tongguan.catalog.labels.points.schema import PointsLabel, PointsShape

# Pixels at which two points are no longer the same.
TOLERANCE = 10.0


def agreement(first: PointsLabel, second: PointsLabel) -> float:
    """Nearness of two labels of one class, in [0, 1]; another label class counts 0."""
    return likeness(first, second) if first.label == second.label else 0.0


def likeness(first: PointsShape, second: PointsShape) -> float:
    """Points are paired one to one for the largest sum of 1 - distance / 10 px (not below 0); the sum over the number
    of points of the larger set.

    A point has no size, so the tolerance is in pixels and does not scale with the picture.
    """
    one, other = np.array(first.points), np.array(second.points)
    near = np.maximum(0.0, 1.0 - np.linalg.norm(one[:, None] - other[None], axis=2) / TOLERANCE)
    rows, columns = best_pairs(near)
    return min(1.0, float(near[rows, columns].sum()) / max(len(one), len(other)))
