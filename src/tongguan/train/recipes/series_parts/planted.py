"""Judging without labels: disturbances that we make are planted into usual time, and rows are ranked by their score."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.metrics.screening import ScreenItem
from tongguan.train.recipes.series_parts.linear import Linear
from tongguan.train.recipes.series_parts.watching import plant

Floats = NDArray[np.float64]
USUAL, ODD = "usual", "anomaly"
BLOCK = 200
"""Rows of one group of the bootstrap: one disturbance each."""


def judged_rows(
    scores: Callable[[Floats], Floats], values: Floats, forecast: Linear, seed: int
) -> tuple[list[ScreenItem], list[str]]:
    """Items and groups of the rows after the first history. values: usual rows in the columns' own units."""
    made, hit = plant(values, forecast.sd, seed, BLOCK)
    found = scores(made)
    rows = range(forecast.longest, len(values))
    items = [ScreenItem(ODD if hit[row] else USUAL, None, float(found[row]), USUAL, float(found[row])) for row in rows]
    return items, [str(row // BLOCK) for row in rows]


def plain_scores(forecast: Linear) -> Callable[[Floats], Floats]:
    """What needs no learning: the largest distance of a column from its mean."""
    return lambda values: np.abs(forecast.scaled(values)).max(axis=1)
