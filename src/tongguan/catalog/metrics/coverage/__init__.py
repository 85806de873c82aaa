"""coverage: share of true values inside the range that was given."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.forecasts import ForecastItem, Means


class Coverage:
    """To be held against the share that was promised."""

    id = "coverage"
    task = "forecasting"
    higher_is_better = True

    def prepare(self, items: Sequence[ForecastItem]) -> Means:
        """One row an origin, one column a column of the series."""
        return Means([item.inside for item in items])


METRIC = Coverage()
