"""Cuboids found against cuboids drawn: matches by overlap of volume, and average precision from them.

Within one item and one label class the predictions are taken by falling score, each takes the free truth with the
largest intersection over union of the volumes that reaches the threshold; precision is read at 101 recalls, as for
boxes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tongguan.catalog.labels.cuboid.geometry import iou
from tongguan.catalog.labels.cuboid.schema import CuboidLabel
from tongguan.catalog.metrics.base import Floats, Marks
from tongguan.catalog.metrics.boxes import MAX_DETECTIONS, Matches, PrecisionCurve

LOW, HIGH = 0.25, 0.5


@dataclass(frozen=True, slots=True)
class CuboidItem:
    """One point cloud: cuboids drawn, and cuboids found with their scores."""

    truth: tuple[CuboidLabel, ...]
    found: tuple[CuboidLabel, ...]

    def marks(self) -> Marks:
        """Every found cuboid; right from an overlap of 0.25 on, at which it is clear which thing is meant."""
        hits = matched(self, (LOW,))[0]
        given = [(one.label, one.score or 0.0, bool(hit)) for one, hit in zip(self.found, hits, strict=True)]
        return Marks([one.label for one in self.truth], given)


def overlap_table(found: Sequence[CuboidLabel], truth: Sequence[CuboidLabel]) -> Floats:
    """Intersection over union (found, truth), whatever the label class; only of those near enough to touch."""
    out = np.zeros((len(found), len(truth)))
    for row, one in enumerate(found):
        for column, other in enumerate(truth):
            reach = (np.hypot(one.length, one.width) + np.hypot(other.length, other.width)) / 2
            if np.hypot(one.x - other.x, one.y - other.y) <= reach + abs(one.pitch) + abs(one.roll):
                out[row, column] = iou(one, other)
    return out


def matched(item: CuboidItem, thresholds: Sequence[float]) -> Floats:
    """For each threshold whether each found cuboid took a drawn one of its class: (thresholds, found)."""
    hits = np.zeros((len(thresholds), len(item.found)))
    overlap = overlap_table(item.found, item.truth)
    same = np.array([[one.label == other.label for other in item.truth] for one in item.found])
    overlap = np.where(same, overlap, 0.0) if overlap.size else overlap
    order = sorted(range(len(item.found)), key=lambda at: -(item.found[at].score or 0.0))
    for level, threshold in enumerate(thresholds):
        free = np.ones(len(item.truth), dtype=bool)
        for at in order:
            row = np.where(free, overlap[at], 0.0)
            if len(row) and row.max() >= threshold:
                hits[level, at] = 1
                free[int(row.argmax())] = False
    return hits


class CuboidPrecision(PrecisionCurve):
    """Average precision per label class and its mean, for any weights on the items."""

    def __init__(self, items: Sequence[CuboidItem], thresholds: Sequence[float]) -> None:
        labels = tuple(sorted({one.label for item in items for one in (*item.truth, *item.found)}))
        number = {name: at for at, name in enumerate(labels)}
        truths = np.zeros((len(items), len(labels)))
        where, label, score, hits = [], [], [], []
        for at, item in enumerate(items):
            for one in item.truth:
                truths[at, number[one.label]] += 1
            taken = matched(item, thresholds)
            counts = dict.fromkeys(labels, 0)
            for place in sorted(range(len(item.found)), key=lambda at: -(item.found[at].score or 0.0)):
                one = item.found[place]
                counts[one.label] += 1
                if counts[one.label] <= MAX_DETECTIONS:
                    where.append(at)
                    label.append(number[one.label])
                    score.append(one.score or 0.0)
                    hits.append(taken[:, place])
        table = np.array(hits, dtype=bool).reshape(len(hits), len(thresholds)).T
        numbers = (np.array(where, dtype=np.int64), np.array(label, dtype=np.int64), np.array(score, dtype=float))
        super().__init__(Matches(labels, tuple(thresholds), *numbers, table, truths))
