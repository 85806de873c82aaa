"""From cells to marks: the best boxes per label class, without those that another covers. NumPy only.

A box that stays takes the mean of the boxes around it (box voting, Gidaris and Komodakis 2015): its sides get steadier.
"""

from __future__ import annotations

from collections.abc import Sequence

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
    if not len(cell):
        return boxes[cell], label, value
    # By class, each by falling score: boxes of other classes have nothing to do with each other, so tables are small.
    order = np.argsort(label, kind="stable")
    ends = np.flatnonzero(np.diff(label[order], append=-1)) + 1
    blocks = [(start, end) for start, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True)]
    some, sure = boxes[cell[order]], value[order]
    same = [_pairs(some[start:end]) for start, end in blocks]
    kept, left = _chosen(same, sure, blocks, overlap)
    placed = np.empty((len(kept), 4), dtype=np.float32)
    for (start, end), table in zip(blocks, same, strict=True):
        mine = np.flatnonzero((kept >= start) & (kept < end))
        placed[mine] = _placed(some[start:end], sure[start:end], table, kept[mine] - start)
    rows = order[kept]
    by = np.lexsort((rows, -left))[:MOST_MARKS]
    return placed[by], label[rows[by]], left[by]


def _placed(boxes: Array, value: Array, same: Array, kept: NDArray[np.int64]) -> Array:
    """The mean places (m, 4) of those that stay, of boxes (n, 4) of one class with their overlaps (n, n)."""
    rows = same[kept]
    weight = rows * value[None, :]
    weight *= rows >= VOTE_OVERLAP
    # A box without area overlaps nothing, not even itself: it keeps its place.
    weight[np.arange(len(kept)), kept] = value[kept]
    placed: Array = (weight @ boxes) / weight.sum(axis=1, keepdims=True)
    return placed


def _chosen(
    same: Sequence[Array], value: Array, blocks: Sequence[tuple[int, int]], overlap: float
) -> tuple[NDArray[np.int64], Array]:
    """Which stay (m,), the best of all that are left first, with their scores (m,): 100, and more only where equal.

    value (n,): scores of the classes' boxes, one class after another; blocks: where each class starts and ends; same:
    the overlaps within each.
    """
    leaves = []
    block_of: list[int] = []
    for at, table in enumerate(same):
        share = np.where(table > DOUBT * overlap, np.exp(np.square(table) / -WIDTH), np.float32(1.0))
        share[table > overlap] = 0.0
        np.fill_diagonal(share, 0.0)
        leaves.append(share)
        block_of += [at] * len(table)
    left = value.copy()
    parts = [left[start:end] for start, end in blocks]
    kept: list[int] = []
    scores: list[np.float32] = []
    while True:
        at = int(left.argmax())
        score = left[at]  # of float32: 0.01 itself is not below the least
        # Of equally good ones all are taken; which of them go beyond the number is told by their order later.
        if score < LEAST_SCORE or (len(kept) >= MOST_MARKS and score < scores[-1]):
            break
        kept.append(at)
        scores.append(score)
        block = block_of[at]
        parts[block] *= leaves[block][at - blocks[block][0]]
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
