"""Regions as grids of cells and back: for shapes that are merged cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Grid:
    """`rows` x `columns` square cells of `cell` pixels, the first with its corner at left, top."""

    left: float
    top: float
    cell: float
    rows: int
    columns: int

    @classmethod
    def over(cls, points: Floats, most: int = 400) -> Grid:
        """Cells that cover some points (N, 2), at most `most` along the longer side, and no smaller than 1/8 pixel."""
        low, high = points.min(axis=0), points.max(axis=0)
        width, height = (high - low).tolist()
        cell = max(max(width, height) / most, 0.125)
        rows, columns = int(np.ceil(height / cell)) + 2, int(np.ceil(width / cell)) + 2
        return cls(float(low[0]) - cell, float(low[1]) - cell, cell, rows, columns)


def fill(rings: Sequence[Floats], grid: Grid) -> Flags:
    """Which cells (rows, columns) have their centre in a region, by the even-odd rule."""
    edges = np.concatenate([np.stack([ring, np.roll(ring, -1, axis=0)], axis=1) for ring in rings])
    centres = grid.left + (np.arange(grid.columns) + 0.5) * grid.cell
    filled = np.zeros((grid.rows, grid.columns), dtype=np.bool_)
    (x0, y0), (x1, y1) = edges[:, 0].T, edges[:, 1].T
    for row in range(grid.rows):
        y = grid.top + (row + 0.5) * grid.cell
        meets = (y0 <= y) != (y1 <= y)
        places = x0[meets] + (y - y0[meets]) * (x1[meets] - x0[meets]) / (y1[meets] - y0[meets])
        filled[row] = np.searchsorted(np.sort(places), centres) % 2 == 1
    return filled


def outlines(filled: Flags, grid: Grid) -> list[Floats]:
    """Rings (N, 2) round the filled cells, straightened by at most 0.75 cells; outer ones and holes turn opposite ways.

    Rings of less than two cells are noise and left out.
    """
    rings = []
    for ring in _rings(np.pad(filled, 1)):
        straight = _straightened(ring, 0.75)
        if len(straight) >= 3 and abs(signed_area(straight)) >= 2:
            rings.append((straight - 1) * grid.cell + (grid.left, grid.top))
    return rings


def signed_area(ring: Floats) -> float:
    """Area of a ring by the shoelace formula, negative where it turns the other way."""
    x, y = ring.T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2


def _rings(filled: Flags) -> list[Floats]:
    """Rings along the edges of cells, the filled side always on the same hand; a corner is (column, row)."""
    following: dict[tuple[int, int], list[tuple[int, int]]] = {}
    cells = filled.astype(np.int8)
    down, across = cells[1:] - cells[:-1], cells[:, 1:] - cells[:, :-1]
    for change, row, column in _changes(down):
        ends = (column, row + 1), (column + 1, row + 1)
        start, end = ends if change > 0 else ends[::-1]
        following.setdefault(start, []).append(end)
    for change, row, column in _changes(across):
        ends = (column + 1, row + 1), (column + 1, row)
        start, end = ends if change > 0 else ends[::-1]
        following.setdefault(start, []).append(end)
    rings = []
    while following:
        first = at = next(iter(following))
        ring = []
        while True:
            ring.append(at)
            ends_here = following[at]
            at_next = ends_here.pop()
            if not ends_here:
                del following[at]
            at = at_next
            if at == first:
                break
        rings.append(np.array(ring, dtype=np.float64))
    return rings


def _changes(steps: np.ndarray[tuple[int, ...], np.dtype[np.int8]]) -> list[tuple[int, int, int]]:
    rows, columns = np.nonzero(steps)
    return list(zip(steps[rows, columns].tolist(), rows.tolist(), columns.tolist(), strict=True))


def _straightened(ring: Floats, tolerance: float) -> Floats:
    """D. H. Douglas, T. K. Peucker, "Algorithms for the reduction of the number of points required to represent a
    digitized line", Cartographica 10 (1973), on both halves of a ring."""
    far = int(np.argmax(((ring - ring[0]) ** 2).sum(axis=1)))
    closed = np.concatenate([ring, ring[:1]])
    kept = np.zeros(len(closed), dtype=np.bool_)
    kept[[0, far]] = True
    open_ = [(0, far), (far, len(ring))]
    while open_:
        start, end = open_.pop()
        if end - start < 2:
            continue
        way = closed[end] - closed[start]
        apart = closed[start + 1 : end] - closed[start]
        length = float(np.hypot(*way))
        away = np.abs(way[0] * apart[:, 1] - way[1] * apart[:, 0]) / length if length else np.hypot(*apart.T)
        worst = int(np.argmax(away))
        if away[worst] > tolerance:
            middle = start + 1 + worst
            kept[middle] = True
            open_ += [(start, middle), (middle, end)]
    return closed[:-1][kept[:-1]]
