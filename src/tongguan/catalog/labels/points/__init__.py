"""Points: one or several unnamed points, such as grains to count."""

from __future__ import annotations

from tongguan.catalog.labels.points.kind import PointsKind
from tongguan.catalog.labels.points.schema import PointsLabel, PointsShape

__all__ = ["PointsKind", "PointsLabel", "PointsShape"]
