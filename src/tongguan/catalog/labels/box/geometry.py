"""Extent of a box, and whether it lies inside its picture."""

from __future__ import annotations

from tongguan.catalog.labels.base import Bounds
from tongguan.catalog.labels.box.schema import BoxShape
from tongguan.catalog.labels.coordinates import OUTSIDE_TOLERANCE, outside

__all__ = ["OUTSIDE_TOLERANCE", "bounds", "problems"]


def bounds(label: BoxShape) -> Bounds:
    """The box itself."""
    return Bounds(x=label.x, y=label.y, width=label.width, height=label.height)


def problems(label: BoxShape, width: int, height: int) -> tuple[str, ...]:
    """`zero_area` when a side is 0; `label_outside` when an edge leaves the picture by more than 0.1 px."""
    flat = ("zero_area",) if label.width <= 0 or label.height <= 0 else ()
    return (*flat, *outside(bounds(label), width, height))
