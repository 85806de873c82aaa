"""One item with what people drew, what a model found, and the facts by which items are put into slices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tongguan.catalog.labels.base import LabelRecord
from tongguan.train.recipes.judging import judge_of


@dataclass(frozen=True, slots=True)
class Judged:
    """width and height: of the picture, in pixels. brightness: mean gray level, 0 to 255. source: of what delivery.
    slices: other facts by which figures are parted."""

    name: str
    path: str
    group: str
    width: int
    height: int
    truth: tuple[LabelRecord, ...]
    found: tuple[LabelRecord, ...]
    brightness: float | None = None
    source: str = ""
    slices: Mapping[str, str] = field(default_factory=dict)

    def metric_item(self, task: str) -> Any:
        """As the metrics of the task take it."""
        return judge_of(task).item(self.truth, self.found)

    def above(self, threshold: float) -> tuple[LabelRecord, ...]:
        """The marks that are shown: those with at least the operating threshold."""
        return tuple(mark for mark in self.found if (mark.score or 0.0) >= threshold)
