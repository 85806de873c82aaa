"""Tracks, events and cuboids: items that say themselves which of their marks are right, and their operating points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.cuboid import CuboidLabel
from tongguan.catalog.labels.interval import IntervalLabel
from tongguan.catalog.metrics.base import Marking
from tongguan.catalog.metrics.boxes import Operating
from tongguan.catalog.metrics.cuboids import CuboidItem
from tongguan.catalog.metrics.events import EventItem
from tongguan.catalog.metrics.tracks import TrackItem
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.judges.base import Guess, rounded, rounded_down
from tongguan.train.recipes.track_parts.labels import boxes_of_labels


def point_of(items: Sequence[Marking], threshold: float | None = None) -> Operating:
    """Precision, recall and F1 of marks with score >= `threshold`, or at the cut with the best F1, over all classes.

    The matches are those of all marks: a cut takes marks away and matches nothing anew.
    """
    told = [one.marks() for one in items]
    pairs = [(score, right) for one in told for _, score, right in one.given]
    truths = sum(len(one.asked) for one in told)
    score = np.array([pair[0] for pair in pairs])
    order = np.argsort(-score, kind="stable")
    score, right = score[order], np.cumsum(np.array([pair[1] for pair in pairs], dtype=float)[order])
    f1 = 2 * right / np.maximum(np.arange(1, len(order) + 1) + truths, 1)
    if threshold is None:
        last = np.append(score[1:] != score[:-1], True) if len(score) else np.zeros(0, dtype=bool)
        if not (last & (f1 > 0)).any():
            return Operating(0.5, 0.0, 0.0, 0.0)
        at = int(np.argmax(np.where(last, f1, -1.0)))
        threshold = float(score[at] + (score[at + 1] if at + 1 < len(score) else 0.0)) / 2
    else:
        at = int(np.searchsorted(-score, -threshold, side="right")) - 1
        if at < 0:
            return Operating(threshold, 0.0, 0.0, 0.0)
    return Operating(
        threshold, float(right[at] / (at + 1)), float(right[at] / truths) if truths else 0.0, float(f1[at])
    )


class _MarkJudge:
    """What judges of such items share."""

    blind_name = "nothing"

    def best_threshold(self, items: Sequence[Marking]) -> Operating:
        """The score with the best F1."""
        return rounded_down(point_of(items))

    def at_threshold(self, items: Sequence[Marking], threshold: float) -> dict[str, float]:
        """Precision, recall and F1 of marks with score >= threshold."""
        return rounded(point_of(items, threshold))

    def blind(self, train: Sequence[Item]) -> Guess | None:
        """None: the recipe compares with a simple method instead."""
        return None


class TrackJudge(_MarkJudge):
    """Contract of `Judge` for tracking."""

    task = "tracking"
    main = "hota"

    def item(self, truth: Sequence[LabelRecord], found: Sequence[LabelRecord]) -> TrackItem:
        """Drawn and found tracks of boxes of one recording."""
        return TrackItem(boxes_of_labels(truth), boxes_of_labels(found))


class EventJudge(_MarkJudge):
    """Contract of `Judge` for events in recordings."""

    task = "events"
    main = "event_f1"

    def item(self, truth: Sequence[LabelRecord], found: Sequence[LabelRecord]) -> EventItem:
        """Events that happened and events found in one recording."""
        marks = [one for one in found if isinstance(one, IntervalLabel)]
        return EventItem(
            tuple((one.start, one.end, one.label) for one in truth if isinstance(one, IntervalLabel)),
            tuple((one.start, one.end, one.label) for one in marks),
            tuple(one.score or 0.0 for one in marks),
        )


class CuboidJudge(_MarkJudge):
    """Contract of `Judge` for cuboids in point clouds; the operating point is at an overlap of 0.25."""

    task = "cuboids"
    main = "map3d_50"

    def item(self, truth: Sequence[LabelRecord], found: Sequence[LabelRecord]) -> CuboidItem:
        """Cuboids drawn and cuboids found in one cloud."""
        drawn, marks = (tuple(one for one in some if isinstance(one, CuboidLabel)) for some in (truth, found))
        return CuboidItem(drawn, marks)
