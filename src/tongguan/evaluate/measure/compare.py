"""Two models on the same items: the difference of a metric with a paired bootstrap over groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tongguan.catalog.metrics.base import RESAMPLES, Interval, Metric, group_weights, interval, resampled


@dataclass(frozen=True, slots=True)
class Difference:
    """first - second, with its 95 % interval, and the share of resamples in which the first is better."""

    metric: str
    interval: Interval
    better: float | None

    def as_json(self) -> dict[str, float | None]:
        """The object that commands and the API print."""
        return {**self.interval.as_json(), "better": None if self.better is None else round(self.better, 4)}


def difference(
    metric: Metric, first: Sequence[Any], second: Sequence[Any], groups: Sequence[str], resamples: int = RESAMPLES
) -> Difference:
    """Both models get the same draws of groups, so that what is easy or hard for both does not widen the interval.

    first, second and groups are about the same items in the same order. Efron and Tibshirani (1993), chapter 8.
    """
    if not len(first) == len(second) == len(groups):
        raise ValueError("both models must be measured on the same items")
    weights = group_weights(groups, resamples)
    one, two = metric.prepare(first), metric.prepare(second)
    exact = np.ones((1, len(groups)))
    value = float(one.overall(one.per_class(exact))[0]) - float(two.overall(two.per_class(exact))[0])
    draws = one.overall(resampled(one, weights)) - two.overall(resampled(two, weights))
    good = draws[~np.isnan(draws)]
    wins = (good > 0) if metric.higher_is_better else (good < 0)
    return Difference(metric.id, interval(value, draws), float(wins.mean()) if len(good) else None)
