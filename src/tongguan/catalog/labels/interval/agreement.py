"""Agreement of two intervals: intersection over union on their axis."""

from __future__ import annotations

from tongguan.catalog.labels import stretch
from tongguan.catalog.labels.interval.schema import IntervalLabel


def agreement(first: IntervalLabel, second: IntervalLabel) -> float:
    """Intersection over union, times the share of columns that both name; 0 for another label class or axis."""
    if (first.label, first.axis) != (second.label, second.axis):
        return 0.0
    ours, theirs = set(first.columns), set(second.columns)
    named = len(ours & theirs) / len(ours | theirs) if ours and theirs else float(ours == theirs)
    return stretch.iou((first.start, first.end), (second.start, second.end)) * named
