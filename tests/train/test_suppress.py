"""From cells to marks: what is covered goes, what stays lies where its neighbours agree."""

from __future__ import annotations

import numpy as np

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


def test_limits() -> None:
    rng = np.random.default_rng(0)
    corner = rng.uniform(0, 1_000, (2_000, 2))
    boxes = np.concatenate([corner, corner + 5], axis=1)
    found = marks(boxes.tolist(), rng.uniform(0, 1, (2_000, 3)).tolist())
    assert len(found) == 100
    assert [v for _, v, _ in found] == sorted((v for _, v, _ in found), reverse=True)
    assert marks([[0, 0, 5, 5]], [[0.009]]) == []
    assert marks([[3, 3, 3, 3]], [[0.5]]) == [(0, 0.5, [3, 3, 3, 3])]
