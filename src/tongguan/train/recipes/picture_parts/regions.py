"""Pixels that hang together, found without a library: what serving installs is enough."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def regions(inside: NDArray[np.bool_]) -> tuple[NDArray[np.int64], int]:
    """Numbers each region of pixels that touch by a side or a corner: (height, width) -> numbers from 1, 0 outside, and
    how many regions there are, in order of their first pixel by rows.

    Runs of pixels in a row are joined with those of the row above by union-find (Rosenfeld and Pfaltz 1966).
    """
    height, width = inside.shape
    padded = np.zeros((height, width + 2), dtype=np.int8)
    padded[:, 1:-1] = inside
    change = np.diff(padded, axis=1)
    row, start = np.nonzero(change == 1)
    end = np.nonzero(change == -1)[1]  # in the same order: runs of a row do not cross
    parent = list(range(len(row)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    first = np.searchsorted(row, np.arange(height + 1))
    starts, ends = start.tolist(), end.tolist()
    for line in range(1, height):
        above, here = int(first[line - 1]), int(first[line])
        while above < first[line] and here < first[line + 1]:
            if starts[above] <= ends[here] and starts[here] <= ends[above]:
                one, other = root(above), root(here)
                parent[max(one, other)] = min(one, other)
            if ends[above] < ends[here]:
                above += 1
            else:
                here += 1
    roots = np.array([root(at) for at in range(len(row))], dtype=np.int64)
    numbers = np.unique(roots, return_inverse=True)[1] + 1 if len(roots) else roots
    out = np.zeros((height, width), dtype=np.int64)
    for at, number in enumerate(numbers.tolist()):
        out[row[at], starts[at] : ends[at]] = number
    return out, int(numbers.max()) if len(numbers) else 0
