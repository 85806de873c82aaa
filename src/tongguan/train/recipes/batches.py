"""Training pictures in memory or in a file of the run, and the order in which they are drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.job import Job

MOST_IN_MEMORY = 1_000_000_000
"""Bytes of pictures kept in memory; more go to a file in the run that the system pages in."""


def room(job: Job, shape: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """Place for pictures (n, size, size, 3)."""
    if int(np.prod(shape)) <= MOST_IN_MEMORY:
        return np.empty(shape, dtype=np.uint8)
    job.folder.cache.mkdir(exist_ok=True)
    file = job.folder.cache / "pictures.npy"
    return np.lib.format.open_memmap(file, mode="w+", dtype=np.uint8, shape=shape)


def drawn(count: int, batch: int, step: int, seed: int) -> NDArray[np.int64]:
    """Indices of the pictures of step `step` (from 0): each picture once an epoch, in an order that depends only on the
    seed and the epoch, so that a resumed run draws the same."""
    positions = np.arange(step * batch, (step + 1) * batch)
    epochs, places = np.divmod(positions, count)
    orders = {int(epoch): np.random.default_rng([seed, 1, int(epoch)]).permutation(count) for epoch in set(epochs)}
    return np.array([orders[int(epoch)][place] for epoch, place in zip(epochs, places, strict=True)], dtype=np.int64)
