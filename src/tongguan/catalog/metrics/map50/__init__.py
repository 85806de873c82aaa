"""map50: mean over label classes of the average precision at an overlap of 0.5."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.boxes import AveragePrecision, BoxItem, ShapeItem


class Map50:
    """mAP at IoU 0.5 by the COCO rules."""

    id = "map50"
    task = "detection"
    higher_is_better = True

    def prepare(self, items: Sequence[BoxItem | ShapeItem]) -> AveragePrecision:
        """Matches once; every resample reuses the matches."""
        return AveragePrecision(items, (0.5,))


METRIC = Map50()
