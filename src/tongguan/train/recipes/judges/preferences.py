"""Preferences: which of two answers is better, by one comparison an item."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.preference import PreferenceLabel
from tongguan.catalog.metrics.classes import ClassItem
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.judges.base import Guess
from tongguan.train.recipes.judges.classes import ClassJudge

OTHER = "the other answer"
"""What is counted as found where the model prefers the answer that people do not, or none."""


def agrees(truth: PreferenceLabel, mark: PreferenceLabel) -> bool:
    """Whether both prefer the same of the same two, whichever of them stands first; ties agree with nothing."""
    lean = mark.lean if mark.first == truth.first else -mark.lean
    return {mark.first, mark.second} == {truth.first, truth.second} and truth.lean * lean > 0


class PreferenceJudge(ClassJudge):
    """Contract of `Judge` for preferences: an item is right where the model prefers the answer that people prefer."""

    task = "preference"
    main = "accuracy"
    blind_name = "the longer answer"

    def item(self, truth: Sequence[LabelRecord], found: Sequence[LabelRecord]) -> ClassItem:
        """By what was compared; the model's choice of the same two answers."""
        given = next((label for label in truth if isinstance(label, PreferenceLabel)), None)
        if given is None:
            return ClassItem("", None, 0.0)
        two = {given.first, given.second}
        marks = (label for label in found if isinstance(label, PreferenceLabel))
        mark = next((one for one in marks if {one.first, one.second} == two), None)
        if mark is None:
            return ClassItem(given.label, None, 0.0)
        return ClassItem(given.label, given.label if agrees(given, mark) else OTHER, mark.score or 0.0)

    def blind(self, train: Sequence[Item]) -> Guess | None:
        """None: items hold no texts; the recipe counts characters itself."""
        return None
