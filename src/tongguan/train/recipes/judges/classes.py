"""Classification: one label class for the whole item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.metrics.boxes import Operating
from tongguan.catalog.metrics.classes import ClassItem, answering_point
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.judges.base import Guess, rounded, rounded_down


class ClassJudge:
    """Contract of `Judge` for classification; below the threshold the model counts as having given no answer."""

    task = "classification"
    main = "macro_f1"
    blind_name = "most frequent class"

    def item(self, truth: Sequence[LabelRecord], found: Sequence[LabelRecord]) -> ClassItem:
        """The class that people gave and the model's first answer."""
        given = [label.label for label in truth if isinstance(label, ClassLabel)]
        marks = [label for label in found if isinstance(label, ClassLabel)]
        best = marks[0] if marks else None
        return ClassItem(given[0] if given else "", best.label if best else None, (best.score or 0.0) if best else 0.0)

    def best_threshold(self, items: Sequence[ClassItem]) -> Operating:
        """The score with the best F1."""
        return rounded_down(answering_point(items))

    def at_threshold(self, items: Sequence[ClassItem], threshold: float) -> dict[str, float]:
        """Precision, recall and F1 of answers with score >= threshold."""
        return rounded(answering_point(items, threshold))

    def blind(self, train: Sequence[Item]) -> Guess | None:
        """Always the class that most training items have, as sure as it is frequent."""
        counted = Counter(label.label for item in train for label in item.records() if isinstance(label, ClassLabel))
        if not counted:
            return None
        label, count = min(counted.items(), key=lambda pair: (-pair[1], pair[0]))
        mark = ClassLabel(label=label, score=count / counted.total())
        return lambda _item: [mark]
