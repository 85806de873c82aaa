"""Spans of a text: right where start, end and label class are."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.span import SpanLabel
from tongguan.catalog.metrics.boxes import Operating
from tongguan.catalog.metrics.spans import SpanItem, marking_point
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.judges.base import Guess, rounded, rounded_down


class SpanJudge:
    """Contract of `Judge` for spans; what counts is what the model lists, which is decided at its operating point."""

    task = "spans"
    main = "entity_f1"
    blind_name = "no span at all"

    def item(self, truth: Sequence[LabelRecord], found: Sequence[LabelRecord]) -> SpanItem:
        """Spans drawn and spans found of one text; labels of other kinds are passed over."""
        marks = [label for label in found if isinstance(label, SpanLabel)]
        return SpanItem(
            tuple((label.start, label.end, label.label) for label in truth if isinstance(label, SpanLabel)),
            tuple((label.start, label.end, label.label) for label in marks),
            tuple(label.score or 0.0 for label in marks),
        )

    def best_threshold(self, items: Sequence[SpanItem]) -> Operating:
        """The score with the best F1."""
        return rounded_down(marking_point(items))

    def at_threshold(self, items: Sequence[SpanItem], threshold: float) -> dict[str, float]:
        """Precision, recall and F1 of marks with score >= threshold."""
        return rounded(marking_point(items, threshold))

    def blind(self, train: Sequence[Item]) -> Guess | None:
        """None: without a look at the text no span can be placed; the recipe compares with a dictionary instead."""
        return None
