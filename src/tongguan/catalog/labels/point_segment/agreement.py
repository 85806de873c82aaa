"""Agreement of two point segments: intersection over union of their points."""

from __future__ import annotations

import numpy as np

from tongguan.catalog.labels.mask.rle import shared_and_union
from tongguan.catalog.labels.point_segment.schema import PointSegmentLabel


def agreement(first: PointSegmentLabel, second: PointSegmentLabel) -> float:
    """Intersection over union; 0 for another label class or cloud. Two without points agree (1)."""
    if (first.label, first.count) != (second.label, second.count):
        return 0.0
    if first.runs == second.runs:
        return 1.0
    ours, theirs = (np.array(one.runs, dtype=np.int64) for one in (first, second))
    shared, union = shared_and_union(ours, theirs)
    return shared / union if union else 1.0
