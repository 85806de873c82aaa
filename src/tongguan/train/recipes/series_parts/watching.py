"""How unlike the rest each row of a series is: errors of a one-step forecast, alone and summed over a short window.

A row's score is the share of training rows (of the last part, which the forecast had not seen) that were less unlike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.series_parts import linear
from tongguan.train.recipes.series_parts.linear import Linear

Floats = NDArray[np.float64]
RANKS = 2_001


@dataclass(frozen=True, slots=True)
class Watcher:
    """forecast: one step ahead. spread (columns,): standard deviation of its errors, told from the middle of them.
    window: rows over which errors of one sign add up. ranks: quantiles of the raw score of usual rows, rising."""

    forecast: Linear
    spread: Floats
    window: int
    ranks: Floats

    def raw(self, values: Floats) -> Floats:
        """(rows, columns) -> (rows,): the largest of the columns, in standard deviations; 0 before the history."""
        scaled = self.forecast.scaled(values)
        origins = np.arange(self.forecast.longest, len(scaled))
        out = np.zeros(len(scaled))
        if not len(origins):
            return out
        for at in range(scaled.shape[1]):
            error = (scaled[origins, at] - self.forecast.forecasts(scaled, origins, at)[:, 0]) / self.spread[at]
            sums = np.cumsum(np.concatenate([np.zeros(self.window), error]))
            drift = np.abs(sums[self.window :] - sums[: -self.window]) / np.sqrt(self.window)
            out[origins] = np.maximum(out[origins], np.maximum(np.abs(error), drift))
        return out

    def scores(self, values: Floats) -> Floats:
        """(rows, columns) -> (rows,) in [0, 1]: ranks among usual rows; beyond the largest of them, nearer to 1."""
        raw = self.raw(values)
        rank = np.searchsorted(self.ranks, raw, side="left") / len(self.ranks)
        top = max(float(self.ranks[-1]), 1e-9)
        # What is more unlike than any usual row keeps its order: half of what is left at twice the largest.
        beyond = 1 - (1 / len(self.ranks)) * top / np.maximum(raw, top)
        found: Floats = np.where(raw > top, beyond, np.minimum(rank, 1 - 1 / len(self.ranks)))
        return found


def spread_of(errors: Floats) -> Floats:
    """(n, columns) -> (columns,): 1.4826 times the median distance from the median (Hampel 1974); never 0."""
    centre = np.median(errors, axis=0)
    found: Floats = np.maximum(1.4826 * np.median(np.abs(errors - centre), axis=0), 1e-6)
    return found


def plant(values: Floats, sd: Floats, seed: int, every: int = 200) -> tuple[Floats, NDArray[np.bool_]]:
    """A copy with made disturbances, and which rows they are in: in each `every` rows one spike, level shift or frozen
    value of one column, of one to three standard deviations of the column."""
    rng = np.random.default_rng(seed)
    out, hit = values.copy(), np.zeros(len(values), dtype=bool)
    for start in range(every // 2, len(values) - 24, every):
        at = start + int(rng.integers(0, every // 4))
        column, kind = int(rng.integers(values.shape[1])), int(rng.integers(3))
        length = min((1, 12, 12)[kind], len(values) - at)
        if length <= 0:
            continue
        size = sd[column] * rng.uniform(1, 3) * rng.choice([-1, 1])
        part = slice(at, at + length)
        out[part, column] = values[max(0, at - 1), column] + size if kind == 2 else values[part, column] + size
        hit[part] = True
    return out, hit


def dump(watcher: Watcher) -> dict[str, Any]:
    """As JSON."""
    return {
        "forecast": linear.dump(watcher.forecast),
        "spread": watcher.spread.tolist(),
        "window": watcher.window,
        "ranks": watcher.ranks.tolist(),
    }


def load(raw: Mapping[str, Any]) -> Watcher:
    """Raises ValueError, KeyError or TypeError where it does not fit together."""
    forecast = linear.load(raw["forecast"])
    spread, ranks = np.asarray(raw["spread"], dtype=float), np.asarray(raw["ranks"], dtype=float)
    window = int(raw["window"])
    good = spread.shape == (len(forecast.columns),) and (spread > 0).all() and len(ranks) > 1 and window >= 1
    if not good or (np.diff(ranks) < 0).any() or forecast.horizon != 1:
        raise ValueError("the parts of the model do not fit together")
    return Watcher(forecast, spread, window, ranks)
