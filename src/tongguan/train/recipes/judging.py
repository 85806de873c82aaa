"""A predictor on labelled items: predictions beside the truth, figures from them, and the operating threshold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from tongguan.catalog.formats.base import Tree
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.metrics.base import measure
from tongguan.catalog.metrics.boxes import BoxItem, Operating, match, operating_point
from tongguan.catalog.metrics.registry import metrics_of
from tongguan.train.recipes.base import Predictor
from tongguan.train.recipes.items import Item


def box_item(truth: Sequence[LabelRecord], found: Sequence[LabelRecord]) -> BoxItem:
    """Boxes drawn and boxes found of one picture, as the metrics take them; labels of other kinds are passed over."""
    drawn = [label for label in truth if isinstance(label, BoxLabel)]
    marks = [label for label in found if isinstance(label, BoxLabel)]
    return BoxItem(
        truth=_array(drawn),
        truth_labels=[label.label for label in drawn],
        found=_array(marks),
        found_labels=[label.label for label in marks],
        scores=np.asarray([label.score or 0.0 for label in marks], dtype=float),
    )


def _array(labels: Sequence[BoxLabel]) -> np.ndarray[Any, np.dtype[np.float64]]:
    rows = [(label.x, label.y, label.width, label.height) for label in labels]
    return np.asarray(rows, dtype=float).reshape(-1, 4)


def judged(
    predictor: Predictor, tree: Tree, items: Sequence[Item], step: Callable[[int], None] | None = None
) -> Iterator[BoxItem]:
    """Predicts item after item, from the same bytes that a person sees. `step` gets the number of items done."""
    for at, item in enumerate(items, start=1):
        with tree.open(item.path) as stream:
            content = stream.read()
        yield box_item(item.records(), predictor.predict([content])[0])
        if step:
            step(at)


def figures(task: str, items: Sequence[BoxItem], groups: Sequence[str]) -> dict[str, Any]:
    """`metrics` and `classes` as commands print them; no items, no figures: both are empty."""
    if not items:
        return {"metrics": {}, "classes": {}}
    measured = {metric.id: measure(metric, items, groups) for metric in metrics_of(task)}
    return {
        "metrics": {name: one.overall.as_json() for name, one in measured.items()},
        "classes": {
            name: {label: value.as_json() for label, value in one.classes.items()} for name, one in measured.items()
        },
    }


def typical_box(task: str, train: Sequence[Item], kept: Sequence[Item]) -> dict[str, Any]:
    """What a model that never looks would reach: on every picture the median box of each class, scored by how often a
    training picture has the class. A trained model must be far above it. Empty without kept items."""
    rows: dict[str, list[tuple[float, float, float, float]]] = {}
    pictures: dict[str, int] = {}
    for item in train:
        boxes = [label for label in item.records() if isinstance(label, BoxLabel)]
        for label in {box.label for box in boxes}:
            pictures[label] = pictures.get(label, 0) + 1
        for box in boxes:
            shares = (box.x / item.width, box.y / item.height, box.width / item.width, box.height / item.height)
            rows.setdefault(box.label, []).append(shares)
    if not kept or not rows:
        return {}
    typical = {label: np.median(np.asarray(shares), axis=0) for label, shares in rows.items()}
    judged_items = []
    for item in kept:
        scale = np.asarray([item.width, item.height, item.width, item.height], dtype=float)
        marks = [
            BoxLabel(label=label, x=x, y=y, width=width, height=height, score=pictures[label] / len(train))
            for label, shares in typical.items()
            for x, y, width, height in [(float(value) for value in shares * scale)]
        ]
        judged_items.append(box_item(item.records(), marks))
    found = figures(task, judged_items, [item.group for item in kept])
    return {"name": "typical box of each class", "metrics": found["metrics"]}


def best_threshold(items: Sequence[BoxItem]) -> Operating:
    """The score with the best F1 at an overlap of 0.5, all label classes together; rounded down to four decimals."""
    best = operating_point(match(items, (0.5,)))
    rounded = int(best.threshold * 10_000) / 10_000
    return Operating(max(0.01, rounded), best.precision, best.recall, best.f1)


def at_threshold(items: Sequence[BoxItem], threshold: float) -> dict[str, float]:
    """Precision, recall and F1 of marks with score >= threshold, at an overlap of 0.5."""
    point = operating_point(match(items, (0.5,)), threshold)
    return {"precision": round(point.precision, 6), "recall": round(point.recall, 6), "f1": round(point.f1, 6)}
