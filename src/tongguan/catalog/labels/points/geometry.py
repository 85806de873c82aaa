"""Extent of points."""

from __future__ import annotations

from tongguan.catalog.labels.base import Bounds
from tongguan.catalog.labels.coordinates import bounds_of, outside
from tongguan.catalog.labels.points.schema import PointsShape


def bounds(label: PointsShape) -> Bounds:
    """Upright rectangle round the points; without size for one point."""
    return bounds_of(label.points)


def problems(label: PointsShape, width: int, height: int) -> tuple[str, ...]:
    """`label_outside` when a point leaves the picture by more than 0.1 px; points need no area."""
    return outside(bounds(label), width, height)
