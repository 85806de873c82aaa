"""Forecasts from every origin of a side against what came: items for the metrics, and what naive forecasts reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.metrics.forecasts import ForecastItem
from tongguan.train.recipes.series_parts.linear import Linear

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Scored:
    """origins: the row of the first step of each forecast. by_step: (horizon,) mean squared error of each step."""

    origins: Ints
    items: tuple[ForecastItem, ...]
    by_step: Floats
    groups: tuple[str, ...]


def origins_of(first: int, last: int, model: Linear) -> Ints:
    """Rows from which all steps lie in [first, last) and the history lies before; every one, as in the ETT protocol."""
    return np.arange(max(first, model.longest), last - model.horizon + 1)


def score(model: Linear, values: Floats, origins: Ints, block: int) -> Scored:
    """The model's forecasts. values: all rows in the columns' own units; block: rows of one group of the bootstrap."""
    scaled = model.scaled(values)
    return _scored(
        model, scaled, origins, block, lambda at: model.forecasts(scaled, origins, at), model.below, model.above
    )


def naive(model: Linear, values: Floats, origins: Ints, block: int, period: int) -> Scored:
    """The last `period` rows again and again (1: the last value)."""
    scaled = model.scaled(values)
    steps = np.arange(model.horizon) % period
    nothing = np.zeros((model.horizon, len(model.columns)))
    rows = origins[:, None] - period + steps[None, :]
    return _scored(model, scaled, origins, block, lambda at: scaled[rows, at], nothing, nothing)


def _scored(
    model: Linear,
    scaled: Floats,
    origins: Ints,
    block: int,
    forecast: Callable[[int], Floats],
    below: Floats,
    above: Floats,
) -> Scored:
    squared, absolute, inside = ({name: np.zeros(len(origins)) for name in model.columns} for _ in range(3))
    by_step = np.zeros(model.horizon)
    ahead = origins[:, None] + np.arange(model.horizon)[None, :]
    for at, name in enumerate(model.columns):
        error = scaled[ahead, at] - forecast(at)
        squared[name] = (error**2).mean(axis=1)
        absolute[name] = np.abs(error).mean(axis=1)
        inside[name] = ((error >= below[None, :, at]) & (error <= above[None, :, at])).mean(axis=1)
        by_step += (error**2).mean(axis=0) / len(model.columns)
    items = tuple(
        ForecastItem(
            {name: float(squared[name][at]) for name in model.columns},
            {name: float(absolute[name][at]) for name in model.columns},
            {name: float(inside[name][at]) for name in model.columns},
        )
        for at in range(len(origins))
    )
    return Scored(origins, items, by_step, tuple(str(int(one) // block) for one in origins))
