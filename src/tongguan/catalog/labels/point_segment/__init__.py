"""Point segment: a set of points of a cloud, by their numbers."""

from __future__ import annotations

from tongguan.catalog.labels.point_segment.kind import PointSegmentKind
from tongguan.catalog.labels.point_segment.schema import PointSegmentLabel

__all__ = ["PointSegmentKind", "PointSegmentLabel"]
