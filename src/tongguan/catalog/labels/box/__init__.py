"""Box: an axis-aligned rectangle in pixels, after EXIF rotation, origin top left, continuous edges."""

from __future__ import annotations

from tongguan.catalog.labels.box.agreement import agreement
from tongguan.catalog.labels.box.geometry import OUTSIDE_TOLERANCE, bounds, problems
from tongguan.catalog.labels.box.kind import BoxKind
from tongguan.catalog.labels.box.schema import BoxLabel, BoxShape

__all__ = ["OUTSIDE_TOLERANCE", "BoxKind", "BoxLabel", "BoxShape", "agreement", "bounds", "problems"]
