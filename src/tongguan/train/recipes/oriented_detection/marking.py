"""From cells to turned boxes: the best per label class, without those that another covers. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.rotated_box import RotatedBoxLabel
from tongguan.catalog.labels.rotated_box.overlap import table
from tongguan.train.recipes.base import LEAST_SCORE, MOST_MARKS
from tongguan.train.recipes.detection.suppress import candidates
from tongguan.train.recipes.letterbox import Letterboxed

MOST_CANDIDATES = 250
Array = NDArray[np.float32]


def marks_of(
    boxes: Array, scores: Array, overlap: float, picture: Letterboxed, labels: Sequence[str]
) -> list[LabelRecord]:
    """boxes (cells, 6) as centre, sides in input pixels, cos 2a, sin 2a; scores (cells, classes) -> marks in pixels of
    the picture, by falling score, at most 100."""
    cell, label, value = (part[:MOST_CANDIDATES] for part in candidates(scores))
    rows = rows_in_picture(boxes[cell], picture)
    whole = (rows[:, 2] > 0) & (rows[:, 3] > 0)
    rows, label, value = rows[whole], label[whole], value[whole]
    same = table(rows, rows).astype(np.float32) * (label[:, None] == label[None, :])
    return [
        RotatedBoxLabel(
            label=labels[int(label[at])],
            cx=rows[at, 0],
            cy=rows[at, 1],
            width=rows[at, 2],
            height=rows[at, 3],
            angle=rows[at, 4],
            score=min(1.0, max(LEAST_SCORE, round(float(value[at]), 6))),
        )
        for at in staying(same, overlap)
    ]


def staying(same: Array, overlap: float) -> list[int]:
    """Which stay, the best first, at most MOST_MARKS: same (n, n) is the overlap with boxes of the same class, by
    falling score."""
    left = np.ones(len(same), dtype=bool)
    kept: list[int] = []
    for at in range(len(same)):
        if left[at] and len(kept) < MOST_MARKS:
            kept.append(at)
            left &= same[at] <= overlap
    return kept


def rows_in_picture(boxes: Array, picture: Letterboxed) -> NDArray[np.float64]:
    """(n, 6) in input pixels -> (n, 5) in pixels of the picture, to a thousandth: centre, sides, angle in degrees in
    (-90, 90]. A picture is scaled alike along both sides but for rounding, so that a box stays one."""
    scaled: NDArray[np.float64] = boxes.astype(np.float64)
    scaled[:, :2] /= picture.factor
    scaled[:, 2:4] /= sum(picture.factor) / 2
    angle = np.rad2deg(np.arctan2(scaled[:, 5], scaled[:, 4])) / 2
    return np.column_stack([scaled[:, :4], angle]).round(3).astype(np.float64)
