"""mse: mean squared error of forecasts."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.forecasts import ForecastItem, Means


class Mse:
    """In squared standard deviations of the training part."""

    id = "mse"
    task = "forecasting"
    higher_is_better = False

    def prepare(self, items: Sequence[ForecastItem]) -> Means:
        """One row an origin, one column a column of the series."""
        return Means([item.squared for item in items])


METRIC = Mse()
