"""miou: mean over label classes of the pixels in both over the pixels in either."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.pixels import PixelItem, PixelShares


class MeanIou:
    """Intersection over union of pixels, summed over all pictures (Everingham et al. 2015); background is no class."""

    id = "miou"
    task = "segmentation"
    higher_is_better = True

    def prepare(self, items: Sequence[PixelItem]) -> PixelShares:
        """Counts once; every resample reuses it."""
        return PixelShares(items, lambda both, drawn, found: (both, drawn + found - both))


METRIC = MeanIou()
