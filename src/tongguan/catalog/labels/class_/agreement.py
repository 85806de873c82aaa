"""Agreement of two classes: the same one, or near on an ordered scale."""

from __future__ import annotations

from tongguan.catalog.labels.class_.schema import ClassLabel


def agreement(first: ClassLabel, second: ClassLabel) -> float:
    """1 for the same label class, else 0; of two grades on one scale 1 - |distance| / (places - 1).

    Example: "heavy" at place 0 and "medium" at place 1 of 4 agree by 2/3.
    """
    if first.label == second.label and first.grade == second.grade:
        return 1.0
    if first.grade is None or second.grade is None or first.grades is None or first.grades != second.grades:
        return 1.0 if first.label == second.label else 0.0
    if first.grade == second.grade:  # two names for one place: one of them is wrong
        return 0.0
    return 1.0 - abs(first.grade - second.grade) / (first.grades - 1)
