"""Detection: boxes by their overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.metrics.boxes import BoxItem, Operating, match, operating_point
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.judges.base import Guess, rounded, rounded_down


class BoxJudge:
    """Contract of `Judge` for detection; the operating point is at an overlap of 0.5, all label classes together."""

    task = "detection"
    main = "map50"
    blind_name = "typical box of each class"

    def item(self, truth: Sequence[LabelRecord], found: Sequence[LabelRecord]) -> BoxItem:
        """Boxes drawn and boxes found of one picture; labels of other kinds are passed over."""
        drawn = [label for label in truth if isinstance(label, BoxLabel)]
        marks = [label for label in found if isinstance(label, BoxLabel)]
        return BoxItem(
            truth=_array(drawn),
            truth_labels=[label.label for label in drawn],
            found=_array(marks),
            found_labels=[label.label for label in marks],
            scores=np.asarray([label.score or 0.0 for label in marks], dtype=float),
        )

    def best_threshold(self, items: Sequence[BoxItem]) -> Operating:
        """The score with the best F1."""
        return rounded_down(operating_point(match(items, (0.5,))))

    def at_threshold(self, items: Sequence[BoxItem], threshold: float) -> dict[str, float]:
        """Precision, recall and F1 of marks with score >= threshold."""
        return rounded(operating_point(match(items, (0.5,)), threshold))

    def blind(self, train: Sequence[Item]) -> Guess | None:
        """On every picture the median box of each class, scored by how often a training picture has the class."""
        rows: dict[str, list[tuple[float, float, float, float]]] = {}
        pictures: dict[str, int] = {}
        for item in train:
            boxes = [label for label in item.records() if isinstance(label, BoxLabel)]
            for label in {box.label for box in boxes}:
                pictures[label] = pictures.get(label, 0) + 1
            for box in boxes:
                shares = (box.x / item.width, box.y / item.height, box.width / item.width, box.height / item.height)
                rows.setdefault(box.label, []).append(shares)
        if not rows:
            return None
        typical = {label: np.median(np.asarray(shares), axis=0) for label, shares in rows.items()}

        def guess(item: Item) -> list[LabelRecord]:
            scale = np.asarray([item.width, item.height, item.width, item.height], dtype=float)
            return [
                BoxLabel(label=label, x=x, y=y, width=width, height=height, score=pictures[label] / len(train))
                for label, shares in typical.items()
                for x, y, width, height in [(float(value) for value in shares * scale)]
            ]

        return guess


def _array(labels: Sequence[BoxLabel]) -> np.ndarray[Any, np.dtype[np.float64]]:
    rows = [(label.x, label.y, label.width, label.height) for label in labels]
    return np.asarray(rows, dtype=float).reshape(-1, 4)
