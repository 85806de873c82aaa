"""map50_95: mean over label classes and over the overlaps 0.50, 0.55 ... 0.95 of the average precision."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tongguan.catalog.metrics.boxes import AveragePrecision, BoxItem, ShapeItem

THRESHOLDS: tuple[float, ...] = tuple(float(value) for value in np.linspace(0.5, 0.95, 10))


class Map5095:
    """mAP at IoU 0.50 to 0.95 by the COCO rules."""

    id = "map50_95"
    task = "detection"
    higher_is_better = True

    def prepare(self, items: Sequence[BoxItem | ShapeItem]) -> AveragePrecision:
        """Matches once; every resample reuses the matches."""
        return AveragePrecision(items, THRESHOLDS)


METRIC = Map5095()
