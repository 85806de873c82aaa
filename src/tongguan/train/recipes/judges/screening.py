"""Screening: positive or not at the threshold fixed in training, and the class of what is positive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.metrics.boxes import Operating
from tongguan.catalog.metrics.screening import ScreenItem
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.judges.base import Guess, rounded

NEGATIVE, RISK, MERGE = "negative", "risk", "merge"
"""Attributes of a mark of this task: the class of what is not positive, the risk, and `CLASS=SHARED NAME` each."""


class ScreenJudge:
    """Contract of `Judge` for screening; what a mark says is already the decision at the threshold."""

    task = "screening"
    main = "auroc"
    blind_name = "always negative"

    def item(self, truth: Sequence[LabelRecord], found: Sequence[LabelRecord]) -> ScreenItem:
        """The class that people gave, and the model's decision with its risk."""
        given = next((label.label for label in truth if isinstance(label, ClassLabel)), "")
        mark = next((label for label in found if isinstance(label, ClassLabel)), None)
        if mark is None:
            return ScreenItem(given, None, 0.0)
        risk, merge = mark.attributes.get(RISK, 0.0), mark.attributes.get(MERGE, [])
        pairs = [str(one).partition("=") for one in merge] if isinstance(merge, list) else []
        return ScreenItem(
            truth=given,
            found=mark.label,
            score=mark.score or 0.0,
            negative=str(mark.attributes.get(NEGATIVE, "")),
            risk=float(risk) if isinstance(risk, int | float) else 0.0,
            merge={name: shared for name, _, shared in pairs},
        )

    def best_threshold(self, items: Sequence[ScreenItem]) -> Operating:
        """Not used: the threshold comes from the specificity that was asked for."""
        return self._point(items, 0.5)

    def at_threshold(self, items: Sequence[ScreenItem], threshold: float) -> dict[str, float]:
        """Precision and recall of calling something positive, whatever its class."""
        return rounded(self._point(items, threshold))

    def _point(self, items: Sequence[ScreenItem], threshold: float) -> Operating:
        called = sum(item.called() for item in items)
        positive = sum(item.is_positive() for item in items)
        right = sum(item.called() and item.is_positive() for item in items)
        f1 = 2 * right / (called + positive) if called + positive else 0.0
        return Operating(threshold, right / called if called else 0.0, right / positive if positive else 0.0, f1)

    def blind(self, train: Sequence[Item]) -> Guess | None:
        """Always the most frequent class, taken for the negative one."""
        counted = Counter(label.label for item in train for label in item.records() if isinstance(label, ClassLabel))
        if not counted:
            return None
        label = min(counted, key=lambda one: (-counted[one], one))
        mark = ClassLabel(label=label, score=0.5, attributes={NEGATIVE: label, RISK: 0.5, MERGE: []})
        return lambda _item: [mark]
