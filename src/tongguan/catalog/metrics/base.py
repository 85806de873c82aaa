"""What every metric shares: a value, a value per label class, and a bootstrap interval over groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RESAMPLES = 1_000
SEED = 0
COVERAGE = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % percentile bootstrap interval. None where the figure is not defined (nothing to find)."""

    value: float | None
    low: float | None
    high: float | None

    def as_json(self) -> dict[str, float | None]:
        """The object that commands and the API print."""
        return {"value": _short(self.value), "low": _short(self.low), "high": _short(self.high)}


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric on a set of items: overall and for each label class that the truth holds."""

    overall: Interval
    classes: dict[str, Interval]


@dataclass(frozen=True, slots=True)
class Marks:
    """Of one item: label class of everything that is there (asked), and of every mark its class, its score and whether
    it is right (given). What curves over the score are made of."""

    asked: Sequence[str]
    given: Sequence[tuple[str, float, bool]]


@runtime_checkable
class Marking(Protocol):
    """An item of a metric that says itself which of its marks are right."""

    def marks(self) -> Marks:
        """What is there, and every mark."""


class Prepared(Protocol):
    """A metric with all work done that does not depend on the resample (for boxes: the matches)."""

    labels: tuple[str, ...]

    def per_class(self, weights: Floats) -> Floats:
        """Figure per label class for each row of item weights. weights: (R, items) >= 0; returns (R, classes), nan =
        not defined for that class in that row. Columns after those of `labels` are for `overall` alone."""

    def overall(self, per_class: Floats) -> Floats:
        """The figure over classes: (R, classes) -> (R,)."""


class Metric(Protocol):
    """The contract of one folder `catalog/metrics/<name>/`, checked for every member of the registry."""

    id: str
    task: str
    higher_is_better: bool

    def prepare(self, items: Sequence[Any]) -> Prepared:
        """Takes the items of the metric's task: detection `boxes.BoxItem`, classification `classes.ClassItem`."""


def _short(value: float | None) -> float | None:
    return None if value is None else round(float(value), 6)


def group_weights(groups: Sequence[str], resamples: int = RESAMPLES, seed: int = SEED) -> Floats:
    """How often each item is drawn when groups are drawn with replacement.

    groups: one key per item. Returns (resamples, items). The draw depends only on the number of groups and the seed, so
    two models on the same items get the same draws (a paired bootstrap).
    """
    _, index = np.unique(np.asarray(groups, dtype=object).astype(str), return_inverse=True)
    count = int(index.max()) + 1 if len(index) else 0
    if not count:
        return np.zeros((resamples, 0))
    draws = np.random.default_rng(seed).integers(0, count, size=(resamples, count))
    drawn = np.zeros((resamples, count))
    rows = np.repeat(np.arange(resamples), count)
    np.add.at(drawn, (rows, draws.ravel()), 1.0)
    return drawn[:, index]


def interval(value: float, draws: Floats) -> Interval:
    """Point value with the percentiles of the draws in which the figure is defined."""
    if np.isnan(value):
        return Interval(None, None, None)
    good = draws[~np.isnan(draws)]
    if not len(good):
        return Interval(float(value), None, None)
    low, high = np.percentile(good, COVERAGE)
    return Interval(float(value), float(low), float(high))


def resampled(prepared: Prepared, weights: Floats, budget: int = 4_000_000) -> Floats:
    """`per_class` in slices of rows, so that memory stays bounded. Returns (R, classes)."""
    rows = max(1, budget // max(1, weights.shape[1]))
    parts = [prepared.per_class(weights[start : start + rows]) for start in range(0, len(weights), rows)]
    return np.concatenate(parts) if parts else np.zeros((0, len(prepared.labels)))


def measure(metric: Metric, items: Sequence[Any], groups: Sequence[str], resamples: int = RESAMPLES) -> Measured:
    """Value and 95 % percentile bootstrap over groups (1,000 resamples, seed 0), overall and per label class.

    items and groups have the same length. Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13.
    """
    if len(items) != len(groups):
        raise ValueError("each item needs one group")
    prepared = metric.prepare(items)
    exact = prepared.per_class(np.ones((1, len(items))))
    draws = resampled(prepared, group_weights(groups, resamples))
    overall = interval(float(prepared.overall(exact)[0]), prepared.overall(draws))
    classes = {
        label: interval(float(exact[0, at]), draws[:, at])
        for at, label in enumerate(prepared.labels)
        if not np.isnan(exact[0, at])
    }
    return Measured(overall, classes)
