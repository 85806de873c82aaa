"""Grading: one of the grades of an ordered scale for the whole item."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.metrics.grades import GradeItem
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.judges.base import Guess
from tongguan.train.recipes.judges.classes import ClassJudge


class GradeJudge(ClassJudge):
    """Contract of `Judge` for grading; the scale is that of the answer's `scores`, from the first place on."""

    task = "grading"
    main = "qwk"
    blind_name = "middle grade"

    def item(self, truth: Sequence[LabelRecord], found: Sequence[LabelRecord]) -> GradeItem:
        """The grade that people gave and the model's answer."""
        given = next((label.label for label in truth if isinstance(label, ClassLabel)), "")
        mark = next((label for label in found if isinstance(label, ClassLabel)), None)
        if mark is None:
            return GradeItem(given, None, 0.0)
        scale = list(mark.scores or {mark.label: 1.0})
        place, answer = (scale.index(one) if one in scale else -1 for one in (given, mark.label))
        return GradeItem(given, mark.label, mark.score or 0.0, place, answer, max(2, len(scale)))

    def blind(self, train: Sequence[Item]) -> Guess | None:
        """None: the scale is the recipe's to know; it compares with the middle grade itself."""
        return None
