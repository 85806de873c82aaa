"""Agreement of two tracks: HOTA of the one against the other.

HOTA (Luiten et al. 2021) of a single drawn against a single found track: at an overlap α let k of the frames have
shapes that are at least that much alike, of n frames in which the one is in view and m in which the other is. Detection
and association are then both k / (n + m - k), and so is their geometric mean; HOTA is its mean over α = 0.05, 0.10,
… 0.95. Which of the two is called drawn makes no difference. For boxes the likeness is intersection over union.
"""

from __future__ import annotations

import numpy as np

from tongguan.catalog.labels.track.geometry import boxes_over, frames_in_view, shape_at
from tongguan.catalog.labels.track.schema import TrackLabel
from tongguan.catalog.labels.track.shapes import SHAPES

ALPHAS = np.arange(1, 20) * 0.05
_EPSILON = float(np.finfo(np.float64).eps)
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def agreement(first: TrackLabel, second: TrackLabel) -> float:
    """Agreement of two tracks of one class, in [0, 1]; another label class counts 0."""
    return likeness(first, second) if first.label == second.label else 0.0


def likeness(first: TrackLabel, second: TrackLabel) -> float:
    """HOTA of two tracks in [0, 1], whatever the label class; 1 for a track with itself. Different kinds of shape agree
    by 0. Two tracks that are never in view agree (1).
    """
    kind = first.keyframes[0].shape.kind
    if kind != second.keyframes[0].shape.kind:
        return 0.0
    ours, theirs = frames_in_view(first), frames_in_view(second)
    if not len(ours) and not len(theirs):
        return 1.0
    both = np.intersect1d(ours, theirs)
    if kind == "box":
        alike = _box_iou(boxes_over(first, both), boxes_over(second, both))
    else:
        how = SHAPES[kind].likeness
        alike = np.array([how(shape_at(first, frame), shape_at(second, frame)) for frame in both.tolist()])
    matches = (alike[None, :] >= ALPHAS[:, None] - _EPSILON).sum(axis=1)
    return float((matches / (len(ours) + len(theirs) - matches)).mean())


def _box_iou(first: Floats, second: Floats) -> Floats:
    """IoU of boxes (N, 4) row by row, in x, y, width, height."""
    low = np.maximum(first[:, :2], second[:, :2])
    high = np.minimum(first[:, :2] + first[:, 2:], second[:, :2] + second[:, 2:])
    shared = np.maximum(high - low, 0).prod(axis=1)
    union = first[:, 2:].prod(axis=1) + second[:, 2:].prod(axis=1) - shared
    same = (first == second).all(axis=1)
    return np.where(same, 1.0, np.where(union > 0, shared / np.where(union > 0, union, 1.0), 0.0))
