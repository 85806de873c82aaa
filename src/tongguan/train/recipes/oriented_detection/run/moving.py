"""Turned boxes under the moves of a training picture, and as the numbers that the network gives."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def moved_rows(
    rows: Floats, factor: NDArray[np.float32], offset: NDArray[np.float32], size: int
) -> tuple[Floats, NDArray[np.bool_]]:
    """Boxes (M, 5) as centre, sides, degrees after moved = factor * old + offset, and which are kept: their
    centre stays in the picture. Stretched more along one side, a turned box is no rectangle any more: it keeps
    the direction of its width, and its area."""
    turn = np.deg2rad(rows[:, 4])
    along = np.stack([np.cos(turn), np.sin(turn)], axis=1) * factor
    stretch = np.hypot(along[:, 0], along[:, 1])
    out = rows.copy()
    out[:, :2] = rows[:, :2] * factor + offset
    out[:, 2] = rows[:, 2] * stretch
    out[:, 3] = rows[:, 3] * abs(float(factor[0]) * float(factor[1])) / np.maximum(stretch, 1e-9)
    out[:, 4] = np.rad2deg(np.arctan2(along[:, 1], along[:, 0]))
    kept = ((out[:, :2] > 0) & (out[:, :2] < size)).all(axis=1) & (out[:, 2:4].min(axis=1, initial=np.inf) > 0)
    return out, kept


def gaussian_rows(rows: Floats) -> NDArray[np.float32]:
    """(M, 5) -> (M, 6): centre, sides, cos 2a, sin 2a."""
    double = 2 * np.deg2rad(rows[:, 4])
    return np.column_stack([rows[:, :4], np.cos(double), np.sin(double)]).astype(np.float32)
