"""Agreement of two ratings: how near they are on their scale."""

from __future__ import annotations

from tongguan.catalog.labels.rating.schema import RatingLabel


def agreement(first: RatingLabel, second: RatingLabel) -> float:
    """1 - |difference| / length of the scale; 0 for another question, target or scale.

    Example: 4 and 5 on a scale of 1 to 5 agree by 0.75.
    """
    asked, other = ((one.label, one.target, one.low, one.high) for one in (first, second))
    if asked != other:
        return 0.0
    return max(0.0, 1.0 - abs(first.value - second.value) / (first.high - first.low))
