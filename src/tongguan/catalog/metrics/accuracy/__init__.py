"""accuracy: share of items whose answer is the true label class."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.classes import ClassItem, Recalls


class Accuracy:
    """Share of right answers; per label class the recall."""

    id = "accuracy"
    task = "classification"
    higher_is_better = True

    def prepare(self, items: Sequence[ClassItem]) -> Recalls:
        """Sorts answers by label class once; every resample reuses it."""
        return Recalls(items)


METRIC = Accuracy()
