"""Agreement of two boxes: intersection over union."""

from __future__ import annotations

from tongguan.catalog.labels.box.schema import BoxLabel, BoxShape


def agreement(first: BoxLabel, second: BoxLabel) -> float:
    """Intersection over union of two boxes of the same label class, in [0, 1]; another label class counts 0."""
    return likeness(first, second) if first.label == second.label else 0.0


def likeness(first: BoxShape, second: BoxShape) -> float:
    """Intersection over union, whatever the label class. Two boxes without area agree (1) only when they are equal."""
    if (first.x, first.y, first.width, first.height) == (second.x, second.y, second.width, second.height):
        return 1.0
    across = min(first.x + first.width, second.x + second.width) - max(first.x, second.x)
    down = min(first.y + first.height, second.y + second.height) - max(first.y, second.y)
    shared = max(across, 0.0) * max(down, 0.0)
    union = first.width * first.height + second.width * second.height - shared
    return min(1.0, shared / union) if union > 0 else 0.0
