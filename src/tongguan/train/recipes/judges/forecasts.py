"""Forecasting: judged over many origins at once (see `series_parts.scoring`), not item by item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.metrics.boxes import Operating
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.judges.base import Guess


class ForecastJudge:
    """Contract of `Judge` as far as a forecast has it: the metric that decides."""

    task = "forecasting"
    main = "mse"
    blind_name = "the day before"

    def item(self, truth: Sequence[LabelRecord], found: Sequence[LabelRecord]) -> Any:
        """A row has no label: origins are built from whole series."""
        raise TypeError("forecasts are judged over origins, not rows")

    def best_threshold(self, items: Sequence[Any]) -> Operating:
        """None: nothing is decided."""
        return Operating(0.0, 0.0, 0.0, 0.0)

    def at_threshold(self, items: Sequence[Any], threshold: float) -> dict[str, float]:
        """None."""
        return {}

    def blind(self, train: Sequence[Item]) -> Guess | None:
        """None: the naive forecasts stand beside instead."""
        return None
