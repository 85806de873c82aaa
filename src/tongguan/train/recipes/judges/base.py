"""The contract of a judge: what a task's metrics take, its operating point, and what blind guessing reaches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.metrics.boxes import Operating
from tongguan.train.recipes.items import Item

Guess = Callable[[Item], Sequence[LabelRecord]]


class Judge(Protocol):
    """One task. `main` is the metric that studies and comparisons go by."""

    task: str
    main: str
    blind_name: str

    def item(self, truth: Sequence[LabelRecord], found: Sequence[LabelRecord]) -> Any:
        """Truth and marks of one item, as the metrics of the task take them."""

    def best_threshold(self, items: Sequence[Any]) -> Operating:
        """The score with the best F1, rounded down to four decimals."""

    def at_threshold(self, items: Sequence[Any], threshold: float) -> dict[str, float]:
        """precision, recall and f1 of marks with score >= threshold."""

    def blind(self, train: Sequence[Item]) -> Guess | None:
        """Marks that need no look at the item, from what is usual in the training items; None without labels."""


def rounded(point: Operating) -> dict[str, float]:
    """The object that commands print."""
    return {"precision": round(point.precision, 6), "recall": round(point.recall, 6), "f1": round(point.f1, 6)}


def rounded_down(point: Operating) -> Operating:
    """The threshold with four decimals, never above the marks that it was chosen by."""
    return Operating(max(0.01, int(point.threshold * 10_000) / 10_000), point.precision, point.recall, point.f1)
