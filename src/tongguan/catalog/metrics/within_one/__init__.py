"""within_one: share of answers that are at most one grade from the truth."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.grades import Away, GradeItem


class WithinOne:
    """A neighbouring grade counts as right."""

    id = "within_one"
    task = "grading"
    higher_is_better = True

    def prepare(self, items: Sequence[GradeItem]) -> Away:
        """Counts once; every resample reuses it."""
        return Away(items, [float(item.away() <= 1) for item in items])


METRIC = WithinOne()
