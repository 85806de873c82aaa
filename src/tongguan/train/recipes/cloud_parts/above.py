"""A cloud seen from above: a grid of cells, each with a few numbers of the points in it, heights taken from the ground.

As the pillars of Lang et al. (2019), "PointPillars", with fixed instead of learnt numbers of a pillar.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
SLICES = (0.15, 0.6, 1.1, 1.6, 2.1, 2.7, 3.5)
"""Borders of the slices of height above the ground, in metres, each with the number of its points."""
CHANNELS = 5 + len(SLICES) - 1
GROUND_CELL = 1.0
"""Side of the cells in which the lowest points are taken for the ground, in metres."""
GROUND_REACH = 7
GROUND_SHARE = 10
"""So many per cent of the coarse cells around lie lower than the ground: a vehicle hides most of what is under it."""
MANY = 20.0
STRIDE = 2
"""Cells of the input along a side of a cell of the answer."""


@dataclass(frozen=True, slots=True)
class Area:
    """What is looked at: from (left, near) on, `columns` cells along x and `rows` along y, `cell` metres each."""

    left: float
    near: float
    columns: int
    rows: int
    cell: float

    def cells(self, x: NDArray[np.floating], y: NDArray[np.floating]) -> tuple[Ints, Ints, NDArray[np.bool_]]:
        """Column, row, and whether it lies inside."""
        column = np.floor((x - self.left) / self.cell).astype(np.int64)
        row = np.floor((y - self.near) / self.cell).astype(np.int64)
        inside = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        return column, row, inside


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Height of the ground over the area, on coarse cells."""

    left: float
    near: float
    height: Floats

    def under(self, x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.float64]:
        """Height of the ground under places, in metres."""
        column = np.clip(((x - self.left) / GROUND_CELL).astype(np.int64), 0, self.height.shape[1] - 1)
        row = np.clip(((y - self.near) / GROUND_CELL).astype(np.int64), 0, self.height.shape[0] - 1)
        return self.height[row, column].astype(np.float64)


def ground_of(points: Floats, area: Area) -> Ground:
    """The lowest points of coarse cells, then a low one of those around, on top of the plane that fits best, so that a
    slope does not pull it down; cells without points take the nearest that have."""
    columns = max(1, int(np.ceil(area.columns * area.cell / GROUND_CELL)))
    rows = max(1, int(np.ceil(area.rows * area.cell / GROUND_CELL)))
    column = np.floor((points[:, 0] - area.left) / GROUND_CELL).astype(np.int64)
    row = np.floor((points[:, 1] - area.near) / GROUND_CELL).astype(np.int64)
    inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    lowest = np.full(rows * columns, np.inf)
    np.minimum.at(lowest, (row * columns + column)[inside], points[inside, 2].astype(np.float64))
    grid = lowest.reshape(rows, columns)
    empty = ~np.isfinite(grid)
    if empty.all():
        return Ground(area.left, area.near, np.zeros((rows, columns), dtype=np.float32))
    if empty.any():
        near = ndimage.distance_transform_edt(empty, return_distances=False, return_indices=True)
        grid = grid[tuple(near)]
    plane = _plane(_calm(grid))
    return Ground(area.left, area.near, (_calm(grid - plane) + plane).astype(np.float32))


def _calm(grid: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(ndimage.percentile_filter(grid, GROUND_SHARE, size=GROUND_REACH, mode="nearest"))


def _plane(grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """The plane through a grid by least squares, at its cells."""
    y, x = np.mgrid[0 : grid.shape[0], 0 : grid.shape[1]]
    columns = np.column_stack([x.ravel(), y.ravel(), np.ones(grid.size)])
    return np.asarray(columns @ np.linalg.lstsq(columns, grid.ravel(), rcond=None)[0]).reshape(grid.shape)


def seen_from_above(points: Floats, area: Area, ground: Ground) -> Floats:
    """(CHANNELS, rows, columns): how many points, highest, lowest, mean height above the ground, mean intensity, and
    how many points in each slice of height."""
    column, row, inside = area.cells(points[:, 0], points[:, 1])
    held = points[inside]
    height = (held[:, 2] - ground.under(held[:, 0], held[:, 1])).astype(np.float32)
    low = (height > -0.5) & (height < SLICES[-1])
    cell = (row[inside] * area.columns + column[inside])[low]
    height, shine = height[low], held[low, 3]
    size = area.rows * area.columns
    count = np.bincount(cell, minlength=size).astype(np.float32)
    there = np.maximum(count, 1)
    out = np.zeros((CHANNELS, size), dtype=np.float32)
    out[0] = np.log1p(count) / np.log1p(MANY)
    highest, lowest = np.full(size, -1.0, dtype=np.float32), np.full(size, 9.0, dtype=np.float32)
    np.maximum.at(highest, cell, height)
    np.minimum.at(lowest, cell, height)
    full = count > 0
    out[1][full], out[2][full] = highest[full] / 2, lowest[full] / 2
    out[3] = np.bincount(cell, weights=height, minlength=size) / there / 2
    out[4] = np.bincount(cell, weights=shine, minlength=size) / there
    which = np.searchsorted(SLICES, height) - 1
    for at in range(len(SLICES) - 1):
        inside_slice = cell[which == at]
        out[5 + at] = np.log1p(np.bincount(inside_slice, minlength=size)) / np.log1p(MANY)
    return out.reshape(CHANNELS, area.rows, area.columns)
