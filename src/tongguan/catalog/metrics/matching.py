"""Pairing with the least cost. SciPy is loaded when something is paired: the API starts without it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.media.libraries import load


def matching(cost: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of the pairs with the least sum of cost (n, m); each row and column at most once."""
    optimize: Any = load("scipy.optimize", "pairing")
    rows, columns = optimize.linear_sum_assignment(cost)
    return rows, columns
