"""mae: mean absolute error of forecasts."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.forecasts import ForecastItem, Means


class Mae:
    """In standard deviations of the training part."""

    id = "mae"
    task = "forecasting"
    higher_is_better = False

    def prepare(self, items: Sequence[ForecastItem]) -> Means:
        """One row an origin, one column a column of the series."""
        return Means([item.absolute for item in items])


METRIC = Mae()
