"""The registered member: what every label kind offers, for preference."""

from __future__ import annotations

from tongguan.catalog.labels.base import KindDefaults, LabelRecord
from tongguan.catalog.labels.preference.agreement import agreement as _agreement
from tongguan.catalog.labels.preference.schema import PreferenceLabel


class PreferenceKind(KindDefaults):
    """Contract of `LabelKind` for `preference`."""

    id = "preference"
    schema: type[LabelRecord] = PreferenceLabel
    title = {"en": "Preference", "zh": "偏好比较"}
    example = {
        "kind": "preference",
        "label": "overall",
        "id": "p1",
        "first": "answer-a",
        "second": "answer-b",
        "choice": "second",
        "strength": 0.5,
    }

    def agreement(self, first: PreferenceLabel, second: PreferenceLabel) -> float:
        """By the distance of the leans; a clear choice against a tie is 0.5."""
        return _agreement(first, second)

    def unit(self) -> str:
        """One task."""
        return "task"
