"""Average precision of cuboids: matches by volume, once each, within a class."""

from __future__ import annotations

from typing import Any

import pytest

from tongguan.catalog.labels.cuboid import CuboidLabel
from tongguan.catalog.metrics.base import measure
from tongguan.catalog.metrics.cuboids import CuboidItem, matched
from tongguan.catalog.metrics.registry import METRICS


def block(x: float, score: float | None = None, label: str = "car", **more: Any) -> CuboidLabel:
    return CuboidLabel(label=label, x=x, y=0, z=0, length=4, width=2, height=2, score=score, **more)


def test_a_shift_decides_at_which_overlap_it_counts() -> None:
    item = CuboidItem((block(0),), (block(2, 0.9),))  # a third of the volume
    assert matched(item, (0.25, 0.5)).tolist() == [[1], [0]]
    assert measure(METRICS["map3d_25"], [item], ["a"]).overall.value == pytest.approx(1)
    assert measure(METRICS["map3d_50"], [item], ["a"]).overall.value == 0
    assert matched(CuboidItem((block(0),), (block(0, 0.9, yaw=3.14159265),)), (0.99,)).tolist() == [[1]]


def test_once_each_by_falling_score_and_within_a_class() -> None:
    item = CuboidItem((block(0),), (block(0.5, 0.4), block(0, 0.9), block(0, 0.95, "man")))
    assert matched(item, (0.5,)).tolist() == [[0, 1, 0]]
    assert [right for _, _, right in item.marks().given] == [False, True, False]
    told = measure(METRICS["map3d_50"], [item], ["a"])
    assert told.classes["car"].value == pytest.approx(1)
    assert "man" not in told.classes


def test_half_of_the_things_found_is_half_of_the_curve() -> None:
    items = [CuboidItem((block(0),), (block(0, 0.9),)), CuboidItem((block(0),), (block(30, 0.8),))]
    found = measure(METRICS["map3d_50"], items, ["a", "b"])
    assert found.overall.value == pytest.approx(51 / 101)
    assert found.overall.low == 0
    assert found.overall.high == pytest.approx(1)
