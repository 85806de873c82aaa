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
DOUBT, WIDTH = 0.8, 0.5
"""A box that overlaps a better one by more than this share of the limit stays, but less sure: its score is multiplied
by exp(-overlap^2 / WIDTH), as in soft suppression (Bodla et al. 2017). On plates this is worth 0.005 of mAP50."""


def suppress(boxes: Array, scores: Array, overlap: float) -> tuple[Array, NDArray[np.int64], Array]:
    """Greedy suppression within each label class.

    boxes (cells, 4) as x1 y1 x2 y2, scores (cells, classes). Returns boxes (n, 4), classes (n,), scores (n,) by falling
    score, n <= 100, score >= 0.01; of two boxes of a class that overlap by more than `overlap` the better stays, at the
    mean place of those that overlap it, weighted by score and overlap; one that overlaps nearly as much loses score.
    """
    cell, label, value = candidates(scores)
    some = boxes[cell]
    if not len(some):
        return some, label, value
    places: list[Array] = []
    stay: list[NDArray[np.int64]] = []
    scored: list[Array] = []
    for one in np.unique(label):  # boxes of different classes have nothing to do with each other: small tables
        mine = np.flatnonzero(label == one)
        kept, placed, left = _within(some[mine], value[mine], overlap)
        places.append(placed)
        stay.append(mine[kept])
        scored.append(left)
    rows, sure = np.concatenate(stay), np.concatenate(scored)
    order = np.lexsort((rows, -sure))[:MOST_MARKS]
    return np.concatenate(places)[order], label[rows[order]], sure[order]


def _within(boxes: Array, value: Array, overlap: float) -> tuple[NDArray[np.int64], Array, Array]:
    """Of boxes (n, 4) of one class by falling score: which stay (m,), where they lie (m, 4) and their scores (m,)."""
    same = _pairs(boxes)
    kept, left = _chosen(same, value, overlap)
    rows = same[kept]
    weight = rows * value[None, :]
    weight *= rows >= VOTE_OVERLAP
    # A box without area overlaps nothing, not even itself: it keeps its place.
    weight[np.arange(len(kept)), kept] = value[kept]
    placed: Array = (weight @ boxes) / weight.sum(axis=1, keepdims=True)
    return kept, placed, left


def _chosen(same: Array, value: Array, overlap: float) -> tuple[NDArray[np.int64], Array]:
    """Which stay, the best of those that are left first, with their scores: same (n, n) are overlaps, value (n,)."""
    leaves = np.where(same > DOUBT * overlap, np.exp(np.square(same) / -WIDTH), np.float32(1.0))
    leaves[same > overlap] = 0.0
    left = value.copy()
    kept: list[int] = []
    scores: list[float] = []
    while len(kept) < MOST_MARKS:
        at = int(left.argmax())
        if left[at] < LEAST_SCORE:
            break
        kept.append(at)
        scores.append(float(left[at]))
        left *= leaves[at]
        left[at] = 0.0
    return np.array(kept, dtype=np.int64), np.array(scores, dtype=np.float32)


def candidates(scores: Array) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """Cell, label class and score of the best, by falling score, then cell, then class: (n,) each, n <= 400."""
    cell, label = np.nonzero(scores >= LEAST_SCORE)  # by cell, then class: a stable sort by score keeps that order
    value = scores[cell, label]
    if len(value) > MOST_CANDIDATES:
        best = np.flatnonzero(value >= np.partition(value, -MOST_CANDIDATES)[-MOST_CANDIDATES])
        cell, label, value = cell[best], label[best], value[best]
    order = np.argsort(-value, kind="stable")[:MOST_CANDIDATES]
    return cell[order], label[order], value[order]


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
