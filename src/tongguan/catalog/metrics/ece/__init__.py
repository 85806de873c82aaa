"""ece: expected calibration error of the answers' scores."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.classes import Calibration, ClassItem
from tongguan.catalog.metrics.screening import ScreenItem, calibration_of


class Ece:
    """How far scores are from the share that is right."""

    id = "ece"
    task = "classification"
    higher_is_better = False

    def prepare(self, items: Sequence[ClassItem]) -> Calibration:
        """Sorts answers by label class once; every resample reuses it."""
        if items and all(isinstance(item, ScreenItem) for item in items):
            return calibration_of([item for item in items if isinstance(item, ScreenItem)])
        return Calibration(items)


METRIC = Ece()
