"""Extent of a box, and whether it lies inside its picture."""

from __future__ import annotations

from tongguan.catalog.labels.base import Bounds
from tongguan.catalog.labels.box.schema import BoxLabel

# Files with six decimals of a relative coordinate are wrong by up to 0.03 px on the largest picture allowed.
OUTSIDE_TOLERANCE = 0.1


def bounds(label: BoxLabel) -> Bounds:
    """The box itself."""
    return Bounds(x=label.x, y=label.y, width=label.width, height=label.height)


def problems(label: BoxLabel, width: int, height: int) -> tuple[str, ...]:
    """`zero_area` when a side is 0; `label_outside` when an edge leaves the picture by more than 0.1 px."""
    found: list[str] = []
    if label.width <= 0 or label.height <= 0:
        found.append("zero_area")
    inside = (
        label.x >= -OUTSIDE_TOLERANCE
        and label.y >= -OUTSIDE_TOLERANCE
        and label.x + label.width <= width + OUTSIDE_TOLERANCE
        and label.y + label.height <= height + OUTSIDE_TOLERANCE
    )
    if not inside:
        found.append("label_outside")
    return tuple(found)
