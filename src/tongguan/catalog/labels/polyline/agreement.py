"""Agreement of two polylines: how near they run, against their length."""

from __future__ import annotations

import numpy as np

from tongguan.catalog.labels.coordinates import Floats
from tongguan.catalog.labels.polyline.geometry import distances, length, spread
from tongguan.catalog.labels.polyline.schema import PolylineLabel, PolylineShape

# Where the mean distance is this share of the length, two lines have nothing in common.
TOLERANCE = 0.1
SAMPLES = 128


def agreement(first: PolylineLabel, second: PolylineLabel) -> float:
    """Nearness of two labels of one class, in [0, 1]; another label class counts 0."""
    return likeness(first, second) if first.label == second.label else 0.0


def likeness(first: PolylineShape, second: PolylineShape) -> float:
    """1 - mean distance / (10 % of the mean length), not below 0; the direction of drawing makes no difference.

    The distance is the mean of both ways, from 128 points spread evenly over one line to the nearest point of the
    other, as in the mean symmetric line distance that lane benchmarks use. It scales with the picture. Two lines
    without length agree (1) only when they are one point.
    """
    one, other = np.array(first.points), np.array(second.points)
    if one.shape == other.shape and (np.array_equal(one, other) or np.array_equal(one, other[::-1])):
        return 1.0
    scale = TOLERANCE * (length(one) + length(other)) / 2
    if scale <= 0:
        return 0.0
    apart = (_mean_distance(one, other) + _mean_distance(other, one)) / 2
    return max(0.0, 1.0 - apart / scale)


def _mean_distance(line: Floats, other: Floats) -> float:
    return float(distances(spread(line, SAMPLES), other).mean())
