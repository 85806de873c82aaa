"""Polygon: an outline with holes, in one or several parts."""

from __future__ import annotations

from tongguan.catalog.labels.polygon.kind import PolygonKind
from tongguan.catalog.labels.polygon.schema import PolygonLabel, PolygonPart, PolygonShape

__all__ = ["PolygonKind", "PolygonLabel", "PolygonPart", "PolygonShape"]
