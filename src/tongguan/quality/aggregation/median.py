"""Weighted median: the value in the middle of the weight, which a few wild answers do not move."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def weighted_median(values: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """The lowest value with at least half of the weight at or below it; the mean with the next where it is just half.

    With equal weights this is the ordinary median. Example: of 1, 2, 5 it is 2, of 1, 2 it is 1.5.
    """
    numbers = np.asarray(values, dtype=np.float64)
    trust = np.ones(len(numbers)) if weights is None else np.asarray(weights, dtype=np.float64)
    order = np.argsort(numbers, kind="stable")
    numbers, reached = numbers[order], np.cumsum(trust[order])
    half = reached[-1] / 2
    at = int(np.searchsorted(reached, half - 1e-12 * reached[-1]))
    if at + 1 < len(numbers) and abs(reached[at] - half) <= 1e-12 * reached[-1]:
        return float(numbers[at] + numbers[at + 1]) / 2
    return float(numbers[at])
