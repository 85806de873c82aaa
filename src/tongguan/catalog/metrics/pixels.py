"""Pixels of each label class: drawn, found, and both. What intersection over union and Dice are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tongguan.catalog.metrics.base import Floats
from tongguan.catalog.metrics.boxes import ShapeItem
from tongguan.catalog.metrics.classes import ratio


@dataclass(frozen=True, slots=True)
class PixelItem(ShapeItem):
    """One picture. pixels: by label class how many pixels are in both, drawn, found."""

    pixels: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)


class PixelShares:
    """A ratio of the sums over all pictures, for each label class that was drawn; overall the mean over the classes."""

    def __init__(
        self, items: Sequence[PixelItem], of: Callable[[Floats, Floats, Floats], tuple[Floats, Floats]]
    ) -> None:
        """of: both, drawn, found -> what is above and what is below the line."""
        self.labels: tuple[str, ...] = tuple(
            sorted({name for item in items for name, (_, drawn, _) in item.pixels.items() if drawn})
        )
        counts = np.zeros((3, len(items), len(self.labels)))
        number = {name: at for at, name in enumerate(self.labels)}
        for at, item in enumerate(items):
            for name, row in item.pixels.items():
                if name in number:
                    counts[:, at, number[name]] = row
        self._counts, self._of = counts, of

    def per_class(self, weights: Floats) -> Floats:
        """(R, items) -> (R, classes); nan where a resample holds no pixel of the class."""
        both, drawn, found = (weights @ part for part in self._counts)
        above, below = self._of(both, drawn, found)
        out = ratio(above, below)
        out[drawn == 0] = np.nan
        return out

    def overall(self, per_class: Floats) -> Floats:
        """Mean over the classes that are there."""
        there = ~np.isnan(per_class)
        return ratio(np.where(there, per_class, 0.0).sum(axis=1), there.sum(axis=1).astype(float))
