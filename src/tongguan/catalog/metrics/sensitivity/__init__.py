"""sensitivity: share of the positives that are called positive."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.screening import ScreenItem, Shares


class Sensitivity:
    """By label class: of the positives of that class."""

    id = "sensitivity"
    task = "screening"
    higher_is_better = True

    def prepare(self, items: Sequence[ScreenItem]) -> Shares:
        """Counts once; every resample reuses it."""
        return Shares(items, ScreenItem.is_positive, ScreenItem.called, ScreenItem.name)


METRIC = Sensitivity()
