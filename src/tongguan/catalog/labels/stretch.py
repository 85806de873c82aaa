"""Stretches on a line, such as of time: from a start to an end."""

from __future__ import annotations

Stretch = tuple[float, float]


def iou(first: Stretch, second: Stretch) -> float:
    """Intersection over union in [0, 1]. Two stretches without length agree (1) only when they are equal.

    Example: `iou((0, 2), (1, 3))` is 1/3.
    """
    if first == second:
        return 1.0
    shared = max(0.0, min(first[1], second[1]) - max(first[0], second[0]))
    union = (first[1] - first[0]) + (second[1] - second[0]) - shared
    return min(1.0, shared / union) if union > 0 else 0.0
