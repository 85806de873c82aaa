"""The registered member: what every label kind offers, for rating."""

from __future__ import annotations

from tongguan.catalog.labels.base import KindDefaults, LabelRecord
from tongguan.catalog.labels.rating.agreement import agreement as _agreement
from tongguan.catalog.labels.rating.schema import RatingLabel


class RatingKind(KindDefaults):
    """Contract of `LabelKind` for `rating`."""

    id = "rating"
    schema: type[LabelRecord] = RatingLabel
    title = {"en": "Rating", "zh": "评分"}
    example = {"kind": "rating", "label": "helpfulness", "id": "r1", "value": 4.0, "low": 1.0, "high": 5.0}

    def agreement(self, first: RatingLabel, second: RatingLabel) -> float:
        """By the distance on the scale."""
        return _agreement(first, second)

    def unit(self) -> str:
        """One task."""
        return "task"
