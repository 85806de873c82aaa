"""Labels that are no upright boxes, by their overlap: masks and polygons pixel by pixel, turned boxes exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.mask import MaskLabel, rle
from tongguan.catalog.labels.rotated_box import RotatedBoxLabel
from tongguan.catalog.labels.rotated_box.overlap import rows_of, table
from tongguan.catalog.metrics.base import Floats
from tongguan.catalog.metrics.boxes import Operating, ShapeItem, match, operating_point
from tongguan.catalog.metrics.pixels import PixelItem
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.judges.base import Guess, rounded, rounded_down
from tongguan.train.recipes.picture_parts.areas import areal, runs_of, size_of


class ShapeJudge:
    """What the judges of shapes share: the operating point is at an overlap of 0.5, all label classes together."""

    def best_threshold(self, items: Sequence[ShapeItem]) -> Operating:
        """The score with the best F1."""
        return rounded_down(operating_point(match(items, (0.5,))))

    def at_threshold(self, items: Sequence[ShapeItem], threshold: float) -> dict[str, float]:
        """Precision, recall and F1 of marks with score >= threshold."""
        return rounded(operating_point(match(items, (0.5,)), threshold))


class RotatedBoxJudge(ShapeJudge):
    """Contract of `Judge` for oriented detection; an upright box is one that is not turned."""

    task = "oriented-detection"
    main = "map50"
    blind_name = "typical box of each class"

    def item(self, truth: Sequence[LabelRecord], found: Sequence[LabelRecord]) -> ShapeItem:
        """Boxes drawn and boxes found of one picture; labels of other kinds are passed over."""
        drawn, marks = turned_boxes(truth), turned_boxes(found)
        return ShapeItem(
            truth_labels=[label.label for label in drawn],
            found_labels=[label.label for label in marks],
            scores=np.asarray([label.score or 0.0 for label in marks], dtype=float),
            overlap=table(rows_of(marks), rows_of(drawn)),
        )

    def blind(self, train: Sequence[Item]) -> Guess | None:
        """On every picture the median box of each class, scored by how often a training picture has the class."""
        rows: dict[str, list[tuple[float, ...]]] = {}
        pictures: Counter[str] = Counter()
        for item in train:
            boxes = turned_boxes(item.records())
            pictures.update({box.label for box in boxes})
            for box in boxes:
                shares = (box.cx / item.width, box.cy / item.height, box.width / item.width, box.height / item.height)
                rows.setdefault(box.label, []).append((*shares, box.angle))
        if not rows:
            return None
        typical = {label: np.median(np.asarray(found), axis=0) for label, found in rows.items()}

        def guess(item: Item) -> list[LabelRecord]:
            scale = np.asarray([item.width, item.height, item.width, item.height, 1.0])
            return [
                RotatedBoxLabel(
                    label=label,
                    cx=cx,
                    cy=cy,
                    width=width,
                    height=height,
                    angle=angle,
                    score=pictures[label] / len(train),
                )
                for label, median in typical.items()
                for cx, cy, width, height, angle in [(median * scale).tolist()]
            ]

        return guess


def turned_boxes(labels: Sequence[LabelRecord]) -> list[RotatedBoxLabel]:
    """The boxes among the labels, all by centre, sides and angle."""
    found = []
    for label in labels:
        if isinstance(label, RotatedBoxLabel):
            found.append(label)
        elif isinstance(label, BoxLabel):
            found.append(
                RotatedBoxLabel(
                    label=label.label,
                    cx=label.x + label.width / 2,
                    cy=label.y + label.height / 2,
                    width=label.width,
                    height=label.height,
                    score=label.score,
                )
            )
    return found


class MaskJudge(ShapeJudge):
    """Contract of `Judge` for segmentation: pixels of all marks, and regions one by one."""

    task = "segmentation"
    main = "miou"
    blind_name = "most frequent class everywhere"

    def item(self, truth: Sequence[LabelRecord], found: Sequence[LabelRecord]) -> PixelItem:
        """Masks and polygons drawn and found of one picture; labels of other kinds are passed over."""
        drawn, marks = areal(truth), areal(found)
        size = size_of([*marks, *drawn])
        one, other = [runs_of(label, size) for label in marks], [runs_of(label, size) for label in drawn]
        return PixelItem(
            truth_labels=[label.label for label in drawn],
            found_labels=[label.label for label in marks],
            scores=np.asarray([label.score or 0.0 for label in marks], dtype=float),
            overlap=_pairs(one, other),
            pixels={
                name: _counted(
                    [runs for runs, label in zip(other, drawn, strict=True) if label.label == name],
                    [runs for runs, label in zip(one, marks, strict=True) if label.label == name],
                )
                for name in sorted({label.label for label in (*drawn, *marks)})
            },
        )

    def blind(self, train: Sequence[Item]) -> Guess | None:
        """The class that most training pictures hold, over the whole picture."""
        counted = Counter(name for item in train for name in {label.label for label in areal(item.records())})
        if not counted:
            return None
        name, count = min(counted.items(), key=lambda pair: (-pair[1], pair[0]))
        score = count / len(train)

        def guess(item: Item) -> list[LabelRecord]:
            size = (item.height, item.width)
            return [MaskLabel(label=name, size=size, counts=rle.compress(rle.encode(np.ones(size, bool))), score=score)]

        return guess


def _pairs(found: Sequence[rle.Runs], drawn: Sequence[rle.Runs]) -> Floats:
    out = np.zeros((len(found), len(drawn)))
    for row, one in enumerate(found):
        for column, other in enumerate(drawn):
            shared, union = rle.shared_and_union(one, other)
            out[row, column] = shared / union if union else 0.0
    return out


def _counted(drawn: Sequence[rle.Runs], found: Sequence[rle.Runs]) -> tuple[int, int, int]:
    """Pixels in both, drawn, found."""
    one, other = (rle.merge(runs) if runs else None for runs in (drawn, found))
    both = rle.shared_and_union(one, other)[0] if one is not None and other is not None else 0
    return both, rle.area(one) if one is not None else 0, rle.area(other) if other is not None else 0
