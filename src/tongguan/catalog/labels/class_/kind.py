"""The registered member: what every label kind offers, for a class of the whole item."""

from __future__ import annotations

from tongguan.catalog.labels.base import KindDefaults, LabelRecord
from tongguan.catalog.labels.class_.agreement import agreement as _agreement
from tongguan.catalog.labels.class_.schema import ClassLabel


class ClassKind(KindDefaults):
    """Contract of `LabelKind` for `class`."""

    id = "class"
    schema: type[LabelRecord] = ClassLabel
    title = {"en": "Class", "zh": "分类"}
    example = {"kind": "class", "label": "heavy-scrap", "id": "c1", "grade": 0, "grades": 4}

    def agreement(self, first: ClassLabel, second: ClassLabel) -> float:
        """1 for the same label class, else 0; of grades on one scale by their distance."""
        return _agreement(first, second)

    def unit(self) -> str:
        """One task: a class of the whole item is one answer."""
        return "task"
