"""The registered member: what every label kind offers, for rubric."""

from __future__ import annotations

from tongguan.catalog.labels.base import KindDefaults, LabelRecord
from tongguan.catalog.labels.rubric.agreement import agreement as _agreement
from tongguan.catalog.labels.rubric.schema import RubricLabel


class RubricKind(KindDefaults):
    """Contract of `LabelKind` for `rubric`."""

    id = "rubric"
    schema: type[LabelRecord] = RubricLabel
    title = {"en": "Rubric", "zh": "评分表"}
    example = {
        "kind": "rubric",
        "label": "safety-report",
        "id": "u1",
        "criteria": [
            {"key": "facts", "value": 2.0, "low": 0.0, "high": 3.0, "weight": 2.0},
            {"key": "style", "value": 1.0, "low": 0.0, "high": 1.0, "weight": 1.0},
        ],
    }

    def agreement(self, first: RubricLabel, second: RubricLabel) -> float:
        """Weighted mean of the nearness per criterion."""
        return _agreement(first, second)

    def unit(self) -> str:
        """One task."""
        return "task"
