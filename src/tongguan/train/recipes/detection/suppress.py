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
    cell, label, value = _candidates(scores)
    some = boxes[cell]
    if not len(some):
        return some, label, value
    places: list[Array] = []
    stay: list[NDArray[np.int64]] = []
    for one in np.unique(label):  # boxes of different classes have nothing to do with each other: small tables
        mine = np.flatnonzero(label == one)
        kept, placed = _within(some[mine], value[mine], overlap)
        places.append(placed)
        stay.append(mine[kept])
    rows = np.concatenate(stay)
    order = np.argsort(rows)[:MOST_MARKS]
    rows = rows[order]
    return np.concatenate(places)[order], label[rows], value[rows]


def _within(boxes: Array, value: Array, overlap: float) -> tuple[NDArray[np.int64], Array]:
    """Of boxes (n, 4) of one class by falling score: which stay (m,), and where they lie (m, 4)."""
    same = _pairs(boxes)
    kept = _greedy(same, overlap)
    rows = same[kept]
    weight = rows * value[None, :]
    weight *= rows >= VOTE_OVERLAP
    # A box without area overlaps nothing, not even itself: it keeps its place.
    weight[np.arange(len(kept)), kept] = value[kept]
    placed: Array = (weight @ boxes) / weight.sum(axis=1, keepdims=True)
    return kept, placed


def _candidates(scores: Array) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """Cell, label class and score of the best, by falling score, then cell, then class: (n,) each, n <= 400."""
    cell, label = np.nonzero(scores >= LEAST_SCORE)  # by cell, then class: a stable sort by score keeps that order
    value = scores[cell, label]
    if len(value) > MOST_CANDIDATES:
        best = np.flatnonzero(value >= np.partition(value, -MOST_CANDIDATES)[-MOST_CANDIDATES])
        cell, label, value = cell[best], label[best], value[best]
    order = np.argsort(-value, kind="stable")[:MOST_CANDIDATES]
    return cell[order], label[order], value[order]


def _greedy(same: Array, overlap: float) -> NDArray[np.int64]:
    """Which stay, at most MOST_MARKS: same (n, n) is the overlap of boxes by falling score."""
    covers = same > overlap
    gone = np.zeros(len(same), dtype=bool)
    kept: list[int] = []
    for at in range(len(same)):
        if not gone[at]:
            kept.append(at)
            if len(kept) == MOST_MARKS:
                break
            gone |= covers[at]
    return np.array(kept, dtype=np.int64)


def _pairs(boxes: Array) -> Array:
    """Intersection over union of all pairs, (n, 4) -> (n, n). Few and flat arrays: this is most of the work."""
    left, top, right, bottom = boxes.T.copy()
    shared = np.minimum(right[:, None], right)
    shared -= np.maximum(left[:, None], left)
    high = np.minimum(bottom[:, None], bottom)
    high -= np.maximum(top[:, None], top)
    np.maximum(shared, 0, out=shared)
    np.maximum(high, 0, out=high)
    shared *= high
    area = np.maximum(right - left, 0) * np.maximum(bottom - top, 0)
    union = np.add(area[:, None], area, out=high)
    union -= shared
    np.maximum(union, np.finfo(np.float32).tiny, out=union)  # boxes without area: nothing is shared either
    ratio: Array = np.divide(shared, union, out=shared)
    return ratio
