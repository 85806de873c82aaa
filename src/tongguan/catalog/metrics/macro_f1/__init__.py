"""macro_f1: mean over label classes of the F1 of the answers."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.classes import ClassItem, Harmonics


class MacroF1:
    """F1 in which a rare label class counts like a frequent one."""

    id = "macro_f1"
    task = "classification"
    higher_is_better = True

    def prepare(self, items: Sequence[ClassItem]) -> Harmonics:
        """Sorts answers by label class once; every resample reuses it."""
        return Harmonics(items)


METRIC = MacroF1()
