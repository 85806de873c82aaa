"""From the network's answer to cuboids: peaks of the heat, and the numbers beside them.

As Yin et al. (2021), "Center-based 3D Object Detection and Tracking". The axis of a thing is given by the cosine
and sine of twice its angle, which are the same for front and back; which end looks ahead is a number of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from tongguan.catalog.labels.cuboid import CuboidLabel
from tongguan.catalog.labels.cuboid.geometry import iou
from tongguan.train.recipes.base import LEAST_SCORE, MOST_MARKS
from tongguan.train.recipes.cloud_parts.above import STRIDE, Area, Ground

Floats = NDArray[np.float32]
NUMBERS = 9
"""Of each place: offset along x and y in cells of the answer, height of the middle above the ground, logarithms of
length, width and height, cosine and sine of twice the yaw, and above 0 where the yaw lies within a right angle of 0."""
MOST_SIZE = 40.0


def cuboids_of(
    heat: Floats, numbers: Floats, area: Area, ground: Ground, labels: Sequence[str], overlap: float
) -> list[CuboidLabel]:
    """heat (K, h, w) in [0, 1] and numbers (9, h, w) -> cuboids by falling score, at most 100. overlap: of two of any
    class that share more of their volume, the better stays."""
    peak = heat == ndimage.maximum_filter(heat, size=(1, 3, 3), mode="constant")
    kind, row, column = np.nonzero(peak & (heat >= LEAST_SCORE))
    scores = heat[kind, row, column]
    order = np.argsort(-scores, kind="stable")[: 2 * MOST_MARKS]
    kept: list[CuboidLabel] = []
    for at in order.tolist():
        place = (int(row[at]), int(column[at]))
        named = (labels[int(kind[at])], round(float(scores[at]), 6))
        label = _cuboid(numbers[:, row[at], column[at]], place, area, ground, named)
        if len(kept) < MOST_MARKS and not any(_covers(other, label, overlap) for other in kept):
            kept.append(label)
    return kept


def _cuboid(numbers: Floats, at: tuple[int, int], area: Area, ground: Ground, named: tuple[str, float]) -> CuboidLabel:
    (row, column), side = at, area.cell * STRIDE
    x = area.left + (column + 0.5 + float(numbers[0])) * side
    y = area.near + (row + 0.5 + float(numbers[1])) * side
    sizes = np.minimum(np.exp(np.clip(numbers[3:6].astype(float), -5, 5)), MOST_SIZE)
    yaw = float(np.arctan2(float(numbers[7]), float(numbers[6]))) / 2
    if numbers[8] < 0:
        yaw += np.pi if yaw <= 0 else -np.pi
    z = float(ground.under(np.array([x]), np.array([y]))[0]) + float(numbers[2])
    length, width, height = (round(float(value), 4) for value in sizes)
    return CuboidLabel(
        label=named[0],
        score=named[1],
        x=round(x, 4),
        y=round(y, 4),
        z=round(z, 4),
        length=length,
        width=width,
        height=height,
        yaw=round(yaw, 5),
    )


def _covers(one: CuboidLabel, other: CuboidLabel, overlap: float) -> bool:
    reach = (np.hypot(one.length, one.width) + np.hypot(other.length, other.width)) / 2
    if np.hypot(one.x - other.x, one.y - other.y) > reach:
        return False
    return iou(one, other) > overlap
