"""From cells to marks: the best boxes per label class, without those that another covers. NumPy only.

A box that stays takes the mean of the boxes around it (box voting, Gidaris and Komodakis 2015): its sides get steadier.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.base import LEAST_SCORE, MOST_MARKS

Array = NDArray[np.float32]
MOST_CANDIDATES = 400
VOTE_OVERLAP = 0.65
"""Boxes of the same class that overlap at least so much have a say in where a box lies."""


def suppress(boxes: Array, scores: Array, overlap: float) -> tuple[Array, NDArray[np.int64], Array]:
    """Greedy suppression within each label class.

    boxes (cells, 4) as x1 y1 x2 y2, scores (cells, classes). Returns boxes (n, 4), classes (n,), scores (n,) by falling
    score, n <= 100, score >= 0.01; of two boxes of a class that overlap by more than `overlap` the better stays, at the
    mean place of those that overlap it, weighted by score and overlap.
    """
    cell, label = np.nonzero(scores >= LEAST_SCORE)
    value = scores[cell, label]
    order = np.lexsort((label, cell, -value))[:MOST_CANDIDATES]
    cell, label, value = cell[order], label[order], value[order]
    some = boxes[cell]
    if not len(some):
        return some, label, value
    same = np.where(label[:, None] == label[None, :], _pairs(some), np.float32(0))
    kept = _greedy(same, overlap)[:MOST_MARKS]
    weight = np.where(same[kept] >= VOTE_OVERLAP, same[kept] * value[None, :], np.float32(0))
    # A box without area overlaps nothing, not even itself: it keeps its place.
    weight[np.arange(len(kept)), kept] = value[kept]
    placed: Array = (weight @ some) / weight.sum(axis=1, keepdims=True)
    return placed, label[kept], value[kept]


def _greedy(same: Array, overlap: float) -> NDArray[np.int64]:
    """Which stay: same (n, n) is the overlap with boxes of the same class, by falling score."""
    covers = same > overlap
    alive = np.ones(len(same), dtype=bool)
    for at in range(len(same) - 1):
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
