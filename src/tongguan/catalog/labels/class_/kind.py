"""The registered member: what every label kind offers, for a class of the whole item."""

from __future__ import annotations

from tongguan.catalog.labels.base import Bounds, LabelRecord
from tongguan.catalog.labels.class_.schema import ClassLabel


class ClassKind:
    """Contract of `LabelKind` for `class`."""

    id = "class"
    schema: type[LabelRecord] = ClassLabel
    geometric = False

    def bounds(self, label: ClassLabel) -> Bounds | None:
        """None: the label belongs to the whole item."""
        return None

    def problems(self, label: ClassLabel, width: int, height: int) -> tuple[str, ...]:
        """None: nothing to lie outside."""
        return ()

    def agreement(self, first: ClassLabel, second: ClassLabel) -> float:
        """1 for the same label class, else 0."""
        return 1.0 if first.label == second.label else 0.0

    def unit(self) -> str:
        """One task: a class of the whole item is one answer."""
        return "task"
