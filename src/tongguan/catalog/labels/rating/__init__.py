"""Rating: a value on a scale, for one question about the item."""

from __future__ import annotations

from tongguan.catalog.labels.rating.kind import RatingKind
from tongguan.catalog.labels.rating.schema import RatingLabel

__all__ = ["RatingKind", "RatingLabel"]
