"""Polyline: an open line through points, such as a lane or a crack."""

from __future__ import annotations

from tongguan.catalog.labels.polyline.kind import PolylineKind
from tongguan.catalog.labels.polyline.schema import PolylineLabel, PolylineShape

__all__ = ["PolylineKind", "PolylineLabel", "PolylineShape"]
