"""auroc: area under the ROC curve of the risk."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.screening import RankArea, ScreenItem


class Auroc:
    """Chance that a positive has a higher risk than a negative."""

    id = "auroc"
    task = "screening"
    higher_is_better = True

    def prepare(self, items: Sequence[ScreenItem]) -> RankArea:
        """Ranks once; every resample reuses it."""
        return RankArea([item.risk for item in items], [item.is_positive() for item in items])


METRIC = Auroc()
