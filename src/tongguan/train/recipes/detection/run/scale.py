"""Input size and batch where nobody asked for one: as much as the pictures have and the smallest things need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from tongguan.catalog.labels.box import BoxLabel
from tongguan.train.recipes.detection.manifest import DetectionParams
from tongguan.train.recipes.items import Item

LEAST, MOST = 192, 512
CELL = 32
SEEN = 24
"""Input pixels, as the root of its area, that a usual box of the smallest class should have: three finest cells."""
FEW = 5
"""Classes with fewer boxes than this say nothing about the size."""
LEAST_BATCH, MOST_BATCH = 8, 16


def fitted(params: DetectionParams, items: Iterable[Item]) -> DetectionParams:
    """The parameters with size and batch filled in from the training items."""
    size = params.size or _size(items)
    like = round(MOST_BATCH * (LEAST / size) ** 2)
    batch = params.batch or min(MOST_BATCH, max(LEAST_BATCH, like))
    return params.model_copy(update={"size": size, "batch": batch})


def _size(items: Iterable[Item]) -> int:
    sides: list[int] = []
    shares: dict[str, list[float]] = defaultdict(list)
    for item in items:
        longest = max(item.width, item.height)
        if longest:
            sides.append(longest)
            for label in item.records():
                if isinstance(label, BoxLabel):
                    shares[label.label].append((label.width * label.height) ** 0.5 / longest)
    if not sides:
        return LEAST
    medians = [float(np.median(some)) for some in shares.values() if len(some) >= FEW]
    wanted = SEEN / max(min(medians, default=1.0), SEEN / MOST)
    there = int(np.median(sides)) // CELL * CELL
    return min(MOST, max(LEAST, min(there, -(-int(np.ceil(wanted)) // CELL) * CELL)))
