"""Training clouds turned, mirrored, scaled and thinned, and what the network shall answer to each."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.labels.cuboid import CuboidLabel
from tongguan.train.recipes.cloud_parts.above import STRIDE, Area, Ground, ground_of, seen_from_above
from tongguan.train.recipes.cloud_parts.decoding import NUMBERS
from tongguan.train.recipes.cuboid_detection.manifest import CuboidParams

Floats = NDArray[np.float32]
MARGIN = 2.0
"""Metres that are looked at beyond the furthest training thing."""
MOST_CELLS = 1_500
LEAST_SPREAD = 0.8
"""Of the heat around a middle, in cells of the answer."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Points (n, 4), and things (m, 8): class, x, y, z, length, width, height, yaw."""

    points: Floats
    things: NDArray[np.float64]


def sample_of(points: Floats, labels: list[CuboidLabel], names: tuple[str, ...]) -> Sample:
    """Labels of classes that are not learnt are left out."""
    rows = [
        (names.index(one.label), one.x, one.y, one.z, one.length, one.width, one.height, one.yaw)
        for one in labels
        if one.label in names
    ]
    return Sample(points, np.array(rows, dtype=float).reshape(-1, 8))


def area_for(params: CuboidParams, samples: list[Sample]) -> Area:
    """Around all things of the training clouds, the same on both sides where clouds are mirrored."""
    things = np.concatenate([one.things for one in samples])
    half = np.maximum(things[:, 4], things[:, 5]) / 2 + MARGIN
    low = (things[:, 1:3] - half[:, None]).min(axis=0)
    high = (things[:, 1:3] + half[:, None]).max(axis=0)
    for axis, mirrored in ((0, params.flip_x), (1, params.flip_y)):
        if mirrored:
            high[axis] = max(high[axis], -low[axis])
            low[axis] = -high[axis]
    if params.reach:
        low, high = np.maximum(low, -params.reach), np.minimum(high, params.reach)
    step = 8 * params.cell
    counts = [min(MOST_CELLS // 8 * 8, 8 * max(1, math.ceil((high[at] - low[at]) / step))) for at in range(2)]
    return Area(round(float(low[0]), 3), round(float(low[1]), 3), counts[0], counts[1], params.cell)


def varied(sample: Sample, params: CuboidParams, rng: np.random.Generator) -> Sample:
    """Another look at the same things."""
    angle = math.radians(float(rng.uniform(-params.turn, params.turn)))
    scale = 1 + float(rng.uniform(-params.zoom, params.zoom))
    flips = (params.flip_x and rng.random() < 0.5, params.flip_y and rng.random() < 0.5)
    share = float(rng.uniform(0, params.dropped))
    points = sample.points[rng.random(len(sample.points)) >= share].copy()
    things = sample.things.copy()
    cos, sin = math.cos(angle), math.sin(angle)
    turn = np.array([[cos, sin], [-sin, cos]])
    points[:, :2] = points[:, :2] @ turn.astype(np.float32)
    things[:, 1:3] = things[:, 1:3] @ turn
    things[:, 7] += angle
    points[:, :3] *= np.float32(scale)
    things[:, 1:7] *= scale
    if flips[0]:
        points[:, 0], things[:, 1], things[:, 7] = -points[:, 0], -things[:, 1], math.pi - things[:, 7]
    if flips[1]:
        points[:, 1], things[:, 2], things[:, 7] = -points[:, 1], -things[:, 2], -things[:, 7]
    return Sample(points, things)


def given_and_wanted(
    sample: Sample, area: Area, classes: int
) -> tuple[Floats, Floats, NDArray[np.float32], NDArray[np.int64]]:
    """The picture from above; heat (K, h, w); for each thing inside the numbers (m, 9) and the place (m, 2)."""
    ground = ground_of(sample.points, area)
    grid = seen_from_above(sample.points, area, ground)
    rows, columns = area.rows // STRIDE, area.columns // STRIDE
    heat = np.zeros((classes, rows, columns), dtype=np.float32)
    numbers, places = [], []
    for thing in sample.things:
        made = _wanted(thing, area, ground, (rows, columns))
        if made is None:
            continue
        row, column, wanted = made
        side = area.cell * STRIDE
        spread = max(LEAST_SPREAD, float(min(thing[4], thing[5])) / side / 4)
        _heat(heat[int(thing[0])], row, column, spread)
        numbers.append(wanted)
        places.append((row, column))
    return (
        grid,
        heat,
        np.array(numbers, dtype=np.float32).reshape(-1, NUMBERS),
        np.array(places, dtype=np.int64).reshape(-1, 2),
    )


def _wanted(
    thing: NDArray[np.float64], area: Area, ground: Ground, room: tuple[int, int]
) -> tuple[int, int, list[float]] | None:
    side = area.cell * STRIDE
    across, down = (thing[1] - area.left) / side, (thing[2] - area.near) / side
    column, row = math.floor(across), math.floor(down)
    if not (0 <= row < room[0] and 0 <= column < room[1]):
        return None
    base = float(ground.under(thing[1:2], thing[2:3])[0])
    sizes = np.log(np.maximum(thing[4:7], 0.05)).tolist()
    yaw = float(thing[7])
    turn = [math.cos(2 * yaw), math.sin(2 * yaw), float(math.cos(yaw) >= 0)]
    return row, column, [across - column - 0.5, down - row - 0.5, float(thing[3]) - base, *sizes, *turn]


def _heat(heat: Floats, row: int, column: int, spread: float) -> None:
    reach = math.ceil(3 * spread)
    low_row, low_column = max(0, row - reach), max(0, column - reach)
    part = heat[low_row : row + reach + 1, low_column : column + reach + 1]
    y, x = np.mgrid[0 : part.shape[0], 0 : part.shape[1]]
    away = (y + low_row - row) ** 2 + (x + low_column - column) ** 2
    np.maximum(part, np.exp(-away / (2 * spread**2)).astype(np.float32), out=part)
