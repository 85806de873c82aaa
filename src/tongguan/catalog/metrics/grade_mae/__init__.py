"""grade_mae: mean distance of the answered grade from the true one, in grades."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.grades import Away, GradeItem


class GradeMae:
    """In places of the scale."""

    id = "grade_mae"
    task = "grading"
    higher_is_better = False

    def prepare(self, items: Sequence[GradeItem]) -> Away:
        """Counts once; every resample reuses it."""
        return Away(items, [float(item.away()) for item in items])


METRIC = GradeMae()
