"""qwk: quadratic weighted kappa of grades."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.grades import GradeItem, WeightedKappa


class Qwk:
    """How much better than chance grades agree, far mistakes counting more."""

    id = "qwk"
    task = "grading"
    higher_is_better = True

    def prepare(self, items: Sequence[GradeItem]) -> WeightedKappa:
        """Counts once; every resample reuses it."""
        return WeightedKappa(items)


METRIC = Qwk()
