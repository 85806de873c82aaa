"""specificity: share of the negatives that are not called positive."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.screening import ScreenItem, Shares


class Specificity:
    """One class: the negative one."""

    id = "specificity"
    task = "screening"
    higher_is_better = True

    def prepare(self, items: Sequence[ScreenItem]) -> Shares:
        """Counts once; every resample reuses it."""
        return Shares(items, lambda item: not item.is_positive(), lambda item: not item.called(), ScreenItem.name)


METRIC = Specificity()
