"""Pairing two groups one to one for the largest total."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tongguan.catalog.labels.coordinates import Floats

Places = npt.NDArray[np.int64]


def best_pairs(gain: Floats) -> tuple[Places, Places]:
    """Rows and columns, each used at most once, whose sum of `gain` (n, m) is largest; min(n, m) pairs.

    Shortest augmenting paths: R. Jonker, A. Volgenant, "A shortest augmenting path algorithm for dense and sparse
    linear assignment problems", Computing 38 (1987), 325-340. O(n m min(n, m)), each step over a row by NumPy.
    """
    turned = gain.shape[0] > gain.shape[1]
    cost = -(gain.T if turned else gain)
    rows, columns = cost.shape
    of_column = np.full(columns + 1, -1, dtype=np.int64)  # the last column is where each search starts
    row_price, column_price = np.zeros(rows), np.zeros(columns + 1)
    for row in range(rows):
        of_column[columns] = row
        at = columns
        before = np.full(columns, columns, dtype=np.int64)
        shortest = np.full(columns, np.inf)
        seen = np.zeros(columns + 1, dtype=np.bool_)
        while of_column[at] >= 0:
            seen[at] = True
            here = of_column[at]
            open_ = ~seen[:columns]
            way = cost[here] - row_price[here] - column_price[:columns]
            better = open_ & (way < shortest)
            shortest[better], before[better] = way[better], at
            nearest = int(np.argmin(np.where(open_, shortest, np.inf)))
            step = shortest[nearest]
            row_price[of_column[seen]] += step
            column_price[seen] -= step
            shortest[open_] -= step
            at = nearest
        while at != columns:
            of_column[at] = of_column[before[at]]
            at = int(before[at])
    taken = np.flatnonzero(of_column[:columns] >= 0)
    pairs = of_column[taken], taken
    return (pairs[1], pairs[0]) if turned else pairs
