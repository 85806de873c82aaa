"""dice: mean over label classes of twice the pixels in both over the pixels drawn and found."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.pixels import PixelItem, PixelShares


class Dice:
    """Dice 1945: the F1 of pixels, summed over all pictures; background is no class."""

    id = "dice"
    task = "segmentation"
    higher_is_better = True

    def prepare(self, items: Sequence[PixelItem]) -> PixelShares:
        """Counts once; every resample reuses it."""
        return PixelShares(items, lambda both, drawn, found: (2 * both, drawn + found))


METRIC = Dice()
