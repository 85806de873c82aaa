"""Agreement of two tracks: how alike their shapes are over all frames in which one of them is in view."""

from __future__ import annotations

import numpy as np

from tongguan.catalog.labels.track.geometry import boxes_over, frames_in_view, shape_at
from tongguan.catalog.labels.track.schema import TrackLabel
from tongguan.catalog.labels.track.shapes import SHAPES


def agreement(first: TrackLabel, second: TrackLabel) -> float:
    """Agreement of two tracks of one class, in [0, 1]; another label class counts 0."""
    return likeness(first, second) if first.label == second.label else 0.0


def likeness(first: TrackLabel, second: TrackLabel) -> float:
    """Mean, over the frames in which either is in view, of the agreement of the two shapes (for boxes intersection
    over union); a frame in which only one is in view counts 0. Different kinds of shape agree by 0.

    Two tracks that are never in view agree (1).
    """
    kind = first.keyframes[0].shape.kind
    if kind != second.keyframes[0].shape.kind:
        return 0.0
    ours, theirs = frames_in_view(first), frames_in_view(second)
    union = len(np.union1d(ours, theirs))
    if not union:
        return 1.0
    both = np.intersect1d(ours, theirs)
    if kind == "box":
        return float(_box_iou(boxes_over(first, both), boxes_over(second, both)).sum()) / union
    alike = SHAPES[kind].likeness
    return sum(alike(shape_at(first, frame), shape_at(second, frame)) for frame in both.tolist()) / union


def _box_iou(
    first: np.ndarray[tuple[int, ...], np.dtype[np.float64]], second: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """IoU of boxes (N, 4) row by row, in x, y, width, height."""
    low = np.maximum(first[:, :2], second[:, :2])
    high = np.minimum(first[:, :2] + first[:, 2:], second[:, :2] + second[:, 2:])
    shared = np.maximum(high - low, 0).prod(axis=1)
    union = first[:, 2:].prod(axis=1) + second[:, 2:].prod(axis=1) - shared
    same = (first == second).all(axis=1)
    return np.where(same, 1.0, np.where(union > 0, shared / np.where(union > 0, union, 1.0), 0.0))
