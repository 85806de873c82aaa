"""Ellipse: by centre, two radii and an angle."""

from __future__ import annotations

from tongguan.catalog.labels.ellipse.kind import EllipseKind
from tongguan.catalog.labels.ellipse.schema import EllipseLabel, EllipseShape

__all__ = ["EllipseKind", "EllipseLabel", "EllipseShape"]
