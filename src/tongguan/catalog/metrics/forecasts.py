"""Forecasts from many origins: errors for each column, and how often the truth lies in the range that was given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tongguan.catalog.metrics.base import Floats
from tongguan.catalog.metrics.classes import ratio


@dataclass(frozen=True, slots=True)
class ForecastItem:
    """One origin: by column the mean over its steps of the squared error, of the absolute error, and of whether the
    truth lay in the range. Errors in standard deviations of the training part."""

    squared: Mapping[str, float]
    absolute: Mapping[str, float]
    inside: Mapping[str, float]


class Means:
    """Mean over items for each column; overall the mean over columns, each alike."""

    def __init__(self, rows: Sequence[Mapping[str, float]]) -> None:
        self.labels: tuple[str, ...] = tuple(sorted({name for row in rows for name in row}))
        self._values: Floats = np.array([[row.get(name, np.nan) for name in self.labels] for row in rows]).reshape(
            len(rows), len(self.labels)
        )

    def per_class(self, weights: Floats) -> Floats:
        """(R, items) -> (R, columns)."""
        total = weights.sum(axis=1, keepdims=True)
        return ratio(weights @ self._values, np.broadcast_to(total, (len(weights), len(self.labels))))

    def overall(self, per_class: Floats) -> Floats:
        """Mean over columns."""
        mean: Floats = per_class.mean(axis=1)
        return mean
