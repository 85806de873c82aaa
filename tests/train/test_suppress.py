"""From cells to marks: what is covered goes, what stays lies where its neighbours agree."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from tongguan.train.recipes.detection.suppress import suppress


def marks(
    boxes: list[list[float]], scores: list[list[float]], overlap: float = 0.5
) -> list[tuple[int, float, list[float]]]:
    """(class, score, box) of what stays."""
    found, label, value = suppress(np.array(boxes, dtype=np.float32), np.array(scores, dtype=np.float32), overlap)
    return [(int(k), round(float(v), 3), b.tolist()) for b, k, v in zip(found, label, value, strict=True)]


def test_the_better_of_two_stays_within_a_class() -> None:
    boxes: list[list[float]] = [[0, 0, 10, 10], [0, 0, 10, 9], [50, 50, 60, 60]]
    assert [(k, v) for k, v, _ in marks(boxes, [[0.5, 0], [0.9, 0], [0.3, 0]])] == [(0, 0.9), (0, 0.3)]
    assert [(k, v) for k, v, _ in marks(boxes, [[0.5, 0], [0, 0.9], [0.3, 0]])] == [(1, 0.9), (0, 0.5), (0, 0.3)]


def test_the_place_is_the_mean_of_those_that_agree() -> None:
    (_, _, box), *_ = marks([[0, 0, 10, 10], [0, 0, 10, 8]], [[0.5], [0.5]])
    assert box[:3] == [0, 0, 10]
    assert 9 < box[3] < 9.2, "its own weight is 1, the other's is the overlap of 0.8"


def test_one_that_overlaps_nearly_too_much_is_less_sure() -> None:
    found = marks([[0, 0, 10, 10], [0, 0, 10, 4.5], [0, 0, 3, 10]], [[0.9], [0.8], [0.7]])
    assert [v for _, v, _ in found] == pytest.approx([0.9, 0.7, 0.8 * math.exp(-(0.45**2) / 0.5)], abs=1e-3)


def test_limits() -> None:
    rng = np.random.default_rng(0)
    corner = rng.uniform(0, 1_000, (2_000, 2))
    boxes = np.concatenate([corner, corner + 5], axis=1)
    found = marks(boxes.tolist(), rng.uniform(0, 1, (2_000, 3)).tolist())
    assert len(found) == 100
    assert [v for _, v, _ in found] == sorted((v for _, v, _ in found), reverse=True)
    assert marks([[0, 0, 5, 5]], [[0.009]]) == []
    assert marks([[3, 3, 3, 3]], [[0.5]]) == [(0, 0.5, [3, 3, 3, 3])]


Array = NDArray[np.float32]


def overlap_of(one: Array, other: Array) -> np.float32:
    """Intersection over union, written out."""
    wide = max(np.float32(0), min(one[2], other[2]) - max(one[0], other[0]))
    high = max(np.float32(0), min(one[3], other[3]) - max(one[1], other[1]))
    areas = [max(np.float32(0), b[2] - b[0]) * max(np.float32(0), b[3] - b[1]) for b in (one, other)]
    union = areas[0] + areas[1] - wide * high
    return np.float32(wide * high / union if union > 0 else 0)


def written_out(boxes: Array, scores: Array, overlap: float) -> list[tuple[int, np.float32, Array]]:
    """The same as `suppress`, box by box."""
    found = [(-scores[c, k], c, k) for c in range(len(boxes)) for k in range(scores.shape[1]) if scores[c, k] >= 0.01]
    best = sorted(found)[:400]
    left = {(k, c): -v for v, c, k in best}  # by falling score, then cell, then class
    kept: list[tuple[int, int, np.float32]] = []
    while left:
        (label, cell), score = max(left.items(), key=lambda one: one[1])
        if score < np.float32(0.01):
            break
        kept.append((cell, label, score))
        del left[label, cell]
        for other in [key for key in left if key[0] == label]:
            shared = overlap_of(boxes[cell], boxes[other[1]])
            if shared > overlap:
                del left[other]
            elif shared > 0.8 * overlap:
                left[other] *= np.exp(shared * shared / np.float32(-0.5))
    marks = []
    for cell, label, score in kept[:100]:
        near = [(c, -v, overlap_of(boxes[cell], boxes[c])) for v, c, k in best if k == label]
        agree = {c: v * o for c, v, o in near if o >= 0.65} | {cell: scores[cell, label]}
        place = sum(np.float64(w) * boxes[c] for c, w in agree.items()) / sum(np.float64(w) for w in agree.values())
        marks.append((label, score, place))
    return marks


@pytest.mark.parametrize(("cells", "spread"), [(40, 5.0), (250, 10.0), (250, 60.0)])
def test_marks_are_those_of_the_method_written_out(cells: int, spread: float) -> None:
    rng = np.random.default_rng(cells)
    middle = rng.uniform(20, 170, (5, 2))[rng.integers(0, 5, cells)] + rng.normal(0, spread, (cells, 2))
    half = rng.uniform(0, 30, (cells, 2))
    boxes = np.concatenate([middle - half, middle + half], axis=1).astype(np.float32)
    scores = np.round(rng.uniform(0, 1, (cells, 3)) ** 3, 2).astype(np.float32)  # rounded: many are equal
    found, label, value = suppress(boxes, scores, 0.5)
    wanted = written_out(boxes, scores, 0.5)
    assert label.tolist() == [k for k, _, _ in wanted]
    assert np.allclose(value, [v for _, v, _ in wanted], atol=1e-6)
    assert np.allclose(found, np.array([place for _, _, place in wanted]), atol=1e-3)
