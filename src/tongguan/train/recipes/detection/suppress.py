"""From cells to marks: the best boxes per label class, without those that another covers. NumPy only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.base import LEAST_SCORE, MOST_MARKS

Array = NDArray[np.float32]
MOST_CANDIDATES = 400


def suppress(boxes: Array, scores: Array, overlap: float) -> tuple[Array, NDArray[np.int64], Array]:
    """Greedy suppression within each label class.

    boxes (cells, 4) as x1 y1 x2 y2, scores (cells, classes). Returns boxes (n, 4), classes (n,), scores (n,) by falling
    score, n <= 100, score >= 0.01; of two boxes of a class that overlap by more than `overlap` the better stays.
    """
    cell, label = np.nonzero(scores >= LEAST_SCORE)
    value = scores[cell, label]
    order = np.lexsort((label, cell, -value))[:MOST_CANDIDATES]
    cell, label, value = cell[order], label[order], value[order]
    some = boxes[cell]
    kept = _greedy(some, label, overlap)[:MOST_MARKS]
    return some[kept], label[kept], value[kept]


def _greedy(boxes: Array, label: NDArray[np.int64], overlap: float) -> NDArray[np.int64]:
    if not len(boxes):
        return np.zeros(0, dtype=np.int64)
    covers = (_pairs(boxes) > overlap) & (label[:, None] == label[None, :])
    alive = np.ones(len(boxes), dtype=bool)
    for at in range(len(boxes) - 1):
        if alive[at]:
            alive[at + 1 :] &= ~covers[at, at + 1 :]
    return np.flatnonzero(alive)


def _pairs(boxes: Array) -> Array:
    """Intersection over union of all pairs, (n, 4) -> (n, n)."""
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    area = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=1)
    union = area[:, None] + area[None, :] - shared
    ratio: Array = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return ratio
