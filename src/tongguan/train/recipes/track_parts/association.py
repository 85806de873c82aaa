"""Which detection continues which track: overlaps of enlarged boxes, and the best assignment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.metrics.matching import matching

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CLOSE = 0.35
"""Two shifts this near, in heights of a box, are one movement of the camera."""
LEAST_VOTES = 3


def overlap_table(first: Floats, second: Floats, buffer: float = 0.0) -> Floats:
    """Intersection over union of boxes (n, 4) and (m, 4), as centre, width, height, each side first grown by the share
    `buffer`: small fast things do not overlap from frame to frame (Yang et al. 2023, "Hard to Track Objects with
    Irregular Motions and Similar Appearances? Make It Easier by Buffering the Matching Space")."""
    half = [one[:, 2:] * (0.5 + buffer) for one in (first, second)]
    low = np.maximum((first[:, :2] - half[0])[:, None], (second[:, :2] - half[1])[None])
    high = np.minimum((first[:, :2] + half[0])[:, None], (second[:, :2] + half[1])[None])
    shared = np.maximum(high - low, 0).prod(axis=2)
    areas = [4 * one.prod(axis=1) for one in half]
    union = areas[0][:, None] + areas[1][None] - shared
    return np.asarray(np.divide(shared, union, out=np.zeros_like(shared), where=union > 0))


def assign(overlap: Floats, least: float) -> tuple[Ints, Ints]:
    """Rows and columns of the assignment with the largest sum, of which every pair reaches `least`."""
    if not overlap.size:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    rows, columns = matching(np.where(overlap >= least, -overlap, 0.0))
    held = overlap[rows, columns] >= least
    return rows[held], columns[held]


def camera_shift(expected: Floats, seen: Floats, same: NDArray[np.bool_]) -> Floats:
    """By how much the whole picture has moved, (2,) pixels: the shift from expected to seen boxes that most pairs of
    one class agree on; none where fewer than three pairs or than half of the tracks agree."""
    nothing = np.zeros(2)
    rows, columns = np.nonzero(same)
    if len(rows) < LEAST_VOTES:
        return nothing
    ratio = seen[columns, 3] / np.maximum(expected[rows, 3], 1e-6)
    fits = (ratio > 0.67) & (ratio < 1.5)
    shifts = (seen[columns, :2] - expected[rows, :2])[fits]
    if len(shifts) < LEAST_VOTES:
        return nothing
    close = CLOSE * float(np.median(expected[:, 3]))
    near = np.hypot(*(shifts[:, None] - shifts[None]).transpose(2, 0, 1)) <= close
    best = int(near.sum(axis=1).argmax())
    if near[best].sum() < max(LEAST_VOTES, len(expected) / 2):
        return nothing
    return np.asarray(np.median(shifts[near[best]], axis=0))
