"""Intersection over union of many pairs of rotated boxes at once. `agreement` gives the same for a single pair."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tongguan.catalog.labels.coordinates import Floats
from tongguan.catalog.labels.rotated_box.schema import RotatedBoxShape

_CORNERS = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
_FLAT = 1e-9
_PIECE = 100_000
"""Pairs looked at in one piece: about 100 MB."""


def rows_of(labels: Sequence[RotatedBoxShape]) -> Floats:
    """(N, 5): centre x, y, width, height in pixels, angle in degrees."""
    rows = [(label.cx, label.cy, label.width, label.height, label.angle) for label in labels]
    return np.asarray(rows, dtype=np.float64).reshape(-1, 5)


def table(first: Floats, second: Floats) -> Floats:
    """Of each row of `first` (N, 5) with each of `second` (M, 5): (N, M). Pairs that lie too far apart to meet cost
    nothing."""
    out = np.zeros((len(first), len(second)))
    reach = [np.hypot(rows[:, 2], rows[:, 3]) / 2 for rows in (first, second)]
    away = np.hypot(first[:, None, 0] - second[None, :, 0], first[:, None, 1] - second[None, :, 1])
    row, column = np.nonzero(away < reach[0][:, None] + reach[1][None, :])
    for start in range(0, len(row), _PIECE):
        some = slice(start, start + _PIECE)
        out[row[some], column[some]] = pairs(first[row[some]], second[column[some]])
    return out


def pairs(first: Floats, second: Floats) -> Floats:
    """Of row i of `first` and row i of `second`, both (P, 5): (P,); 0 where both are without area.

    The border of an intersection of two convex figures is what of the border of each lies in the other, so its area is
    the sum of (x0 y1 - x1 y0) / 2 over these stretches (Green's theorem). Each side is cut to the other box by its four
    half-planes (Cyrus and Beck 1978). A side that lies on a side of the other box is counted for the first box alone.
    """
    middle = (first[:, None, :2] + second[:, None, :2]) / 2
    one, other = _corners(first) - middle, _corners(second) - middle
    size = np.maximum(np.abs(one).max(axis=(1, 2)), np.abs(other).max(axis=(1, 2)))
    scale = np.where(size > 0, size, 1.0)[:, None, None]
    one, other = one / scale, other / scale
    shared = np.clip(_along(one, other, True) + _along(other, one, False), 0, None) * scale[:, 0, 0] ** 2
    areas = first[:, 2] * first[:, 3], second[:, 2] * second[:, 3]
    shared = np.minimum(shared, np.minimum(*areas))
    union = areas[0] + areas[1] - shared
    ratio: Floats = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return np.clip(ratio, 0.0, 1.0)


def _corners(rows: Floats) -> Floats:
    """(P, 4, 2), clockwise as seen on the picture."""
    turn = np.deg2rad(rows[:, 4])
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
    x, y = _CORNERS[:, 0] * rows[:, 2:3], _CORNERS[:, 1] * rows[:, 3:4]
    return np.stack([rows[:, 0:1] + x * cos - y * sin, rows[:, 1:2] + x * sin + y * cos], axis=2)


def _along(sides: Floats, box: Floats, shared_too: bool) -> Floats:
    """Sum over the stretches of the sides of one box, corners (P, 4, 2), that lie in the other one."""
    start = sides
    way = np.roll(sides, -1, axis=1) - start
    edge = np.roll(box, -1, axis=1) - box
    length = np.maximum(np.hypot(edge[..., 0], edge[..., 1]), _FLAT)[..., None]
    inward = np.stack([-edge[..., 1], edge[..., 0]], axis=2) / length  # corners run clockwise with y down
    offset = start[:, :, None] - box[:, None]
    distance = (offset * inward[:, None]).sum(axis=3)  # (P, side, half-plane)
    rise = (way[:, :, None] * inward[:, None]).sum(axis=3)
    level = np.abs(rise) < _FLAT
    with np.errstate(divide="ignore", invalid="ignore"):
        at = np.where(level, 0.0, -distance / rise)
    low = np.where(~level & (rise > 0), at, 0.0).max(axis=2).clip(0, 1)
    high = np.where(~level & (rise < 0), at, 1.0).min(axis=2).clip(0, 1)
    # On the border and the same way round: the same stretch of border, which must count once.
    outside = distance < -_FLAT if shared_too else distance < _FLAT
    good = ~(level & outside).any(axis=2) & (high > low)
    begin, end = start + low[..., None] * way, start + high[..., None] * way
    cross = begin[..., 0] * end[..., 1] - end[..., 0] * begin[..., 1]
    found: Floats = np.where(good, cross, 0.0).sum(axis=1) / 2
    return found
