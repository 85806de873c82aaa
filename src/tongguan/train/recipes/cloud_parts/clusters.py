"""The baseline: what stands on the ground falls into clusters, each gets the upright block that fits it best.

Blocks by the search over angles of Zhang et al. (2017), "Efficient L-Shape Fitting for Vehicle Detection Using Laser
Scanners", with the area as criterion. The class is that of the training things with the most alike sizes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from tongguan.catalog.labels.cuboid import CuboidLabel
from tongguan.train.recipes.base import LEAST_SCORE, MOST_MARKS
from tongguan.train.recipes.cloud_parts.above import Area, ground_of

Floats = NDArray[np.float32]
LOW, HIGH = 0.3, 3.3
"""Heights above the ground between which points are put into clusters, in metres."""
LEAST_POINTS = 6
LONGEST = 14.0
ANGLES = np.deg2rad(np.arange(0, 90, 3))


@dataclass(frozen=True, slots=True)
class Usual:
    """Mean and deviation of the logarithms of length, width and height of each class, (3,) each."""

    mean: Mapping[str, NDArray[np.float64]]
    spread: Mapping[str, NDArray[np.float64]]


def usual_sizes(labels: Sequence[CuboidLabel]) -> Usual:
    """Of training things."""
    rows: dict[str, list[NDArray[np.float64]]] = {}
    for one in labels:
        rows.setdefault(one.label, []).append(np.log(np.maximum([one.length, one.width, one.height], 0.05)))
    return Usual(
        {name: np.mean(some, axis=0) for name, some in rows.items()},
        {name: np.maximum(np.std(some, axis=0), 0.15) for name, some in rows.items()},
    )


def clustered(points: Floats, area: Area, usual: Usual) -> list[CuboidLabel]:
    """Cuboids of all clusters by falling score."""
    ground = ground_of(points, area)
    column, row, inside = area.cells(points[:, 0], points[:, 1])
    height = points[:, 2] - ground.under(points[:, 0], points[:, 1])
    stands = inside & (height > LOW) & (height < HIGH)
    grid = np.zeros((area.rows, area.columns), dtype=bool)
    grid[row[stands], column[stands]] = True
    numbers, count = ndimage.label(grid, structure=np.ones((3, 3)))
    of_point = numbers[row[stands], column[stands]]
    order = np.argsort(of_point, kind="stable")
    edges = np.searchsorted(of_point[order], np.arange(1, count + 2))
    held = points[stands]
    found = []
    for at in range(count):
        some = held[order[edges[at] : edges[at + 1]]]
        if len(some) >= LEAST_POINTS:
            base = float(ground.under(some[:1, 0], some[:1, 1])[0])
            label = _block(some, base, usual)
            if label is not None:
                found.append(label)
    return sorted(found, key=lambda one: -(one.score or 0.0))[:MOST_MARKS]


def _block(points: Floats, base: float, usual: Usual) -> CuboidLabel | None:
    flat = points[:, :2].astype(np.float64)
    best: tuple[float, float, NDArray[np.float64], NDArray[np.float64]] | None = None
    for angle in ANGLES.tolist():
        turned = flat @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        low, high = turned.min(axis=0), turned.max(axis=0)
        room = float(np.prod(np.maximum(high - low, 0.05)))
        if best is None or room < best[0]:
            best = room, angle, low, high
    if best is None:
        return None
    _, angle, low, high = best
    middle, size = (low + high) / 2, np.maximum(high - low, 0.2)
    if size[1] > size[0]:
        angle, size = angle + np.pi / 2, size[::-1]
        middle = np.array([middle[1], -middle[0]])
    if size[0] > LONGEST:
        return None
    cos, sin = np.cos(angle), np.sin(angle)
    x, y = cos * middle[0] - sin * middle[1], sin * middle[0] + cos * middle[1]
    top = float(points[:, 2].max())
    sizes = np.log([size[0], size[1], max(0.2, top - base)])
    away = {name: float((((sizes - usual.mean[name]) / usual.spread[name]) ** 2).mean()) for name in usual.mean}
    name = min(away, key=lambda key: away[key])
    length, width, height = (round(float(value), 4) for value in np.exp(sizes))
    return CuboidLabel(
        label=name,
        score=round(float(np.clip(np.exp(-away[name] / 4), LEAST_SCORE, 1)), 6),
        x=round(float(x), 4),
        y=round(float(y), 4),
        z=round(base + height / 2, 4),
        length=length,
        width=width,
        height=height,
        yaw=round(float(np.arctan2(sin, cos)), 5),
    )
