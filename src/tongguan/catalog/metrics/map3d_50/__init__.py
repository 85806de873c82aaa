"""map3d_50: mean over label classes of the average precision of cuboids at an overlap of 0.50."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.cuboids import CuboidItem, CuboidPrecision


class Map3d50:
    """mAP at an intersection over union of volumes of 0.50."""

    id = "map3d_50"
    task = "cuboids"
    higher_is_better = True

    def prepare(self, items: Sequence[CuboidItem]) -> CuboidPrecision:
        """Matches once; every resample reuses the matches."""
        return CuboidPrecision(items, (0.50,))


METRIC = Map3d50()
