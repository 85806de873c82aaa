"""map3d_25: mean over label classes of the average precision of cuboids at an overlap of 0.25."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.cuboids import CuboidItem, CuboidPrecision


class Map3d25:
    """mAP at an intersection over union of volumes of 0.25."""

    id = "map3d_25"
    task = "cuboids"
    higher_is_better = True

    def prepare(self, items: Sequence[CuboidItem]) -> CuboidPrecision:
        """Matches once; every resample reuses the matches."""
        return CuboidPrecision(items, (0.25,))


METRIC = Map3d25()
