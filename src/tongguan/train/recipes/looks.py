"""Looking at the held-out items while a recipe trains: when, on which of them, and how it is told.

What is seen goes into the run's figures and to whoever follows it: a person sees whether it still gets better, a study
gives up what will not win. Nothing of it is kept or tested.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tongguan.catalog.metrics.registry import METRICS
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import judge_of

MOST_ITEMS = 200
Seen = Callable[[Sequence[Item]], Sequence[Any]]


class Looks:
    """The looks of one run: `count` of them, evenly over its progress, the last one after the last step."""

    def __init__(self, job: Job, task: str, count: int, items: Sequence[Item] | None = None) -> None:
        """items: other items than the held-out ones, which nobody fits either when they are looked at."""
        held = [item for item in job.gathered.side("train") if item.holdout] if items is None else items
        # Names begin with what is shown: every n-th item, not the first ones.
        self.items = held[:: max(1, -(-len(held) // MOST_ITEMS))]
        self._job = job
        self._metric = METRICS[judge_of(task).main]
        self._count = count if self.items else 0

    def due(self, before: float, after: float) -> bool:
        """Whether a look falls into a step that moves the run's progress from `before` to `after`."""
        return bool(self._count) and self._at(after) > self._at(before)

    def look(self, step: int, progress: float, seen: Seen) -> None:
        """Measures and tells. `seen` gives for items what the metric takes."""
        prepared = self._metric.prepare(seen(self.items))
        value = float(prepared.overall(prepared.per_class(np.ones((1, len(self.items)))))[0])
        told = 0.0 if np.isnan(value) else round(value, 6)
        figures = {"look": self._at(progress), "holdout": told}
        self._job.report.figures(step, **figures)
        self._job.report.event("holdout", step=step, of=self._count, metric=self._metric.id, **figures)

    def _at(self, progress: float) -> int:
        return int(progress * self._count + 1e-9)
