"""F1 of events: which stretches match, once each."""

from __future__ import annotations

import pytest

from tongguan.catalog.metrics.base import measure
from tongguan.catalog.metrics.events import EventItem
from tongguan.catalog.metrics.registry import METRICS


def hits(truth: list[tuple[float, float, str]], found: list[tuple[float, float, str]]) -> list[bool]:
    return EventItem(tuple(truth), tuple(found)).hits()


def test_overlap_by_half_or_both_ends_near() -> None:
    assert hits([(0, 10, "a")], [(5, 10, "a")]) == [True]
    assert hits([(0, 10, "a")], [(5.1, 10, "a")]) == [False]
    assert hits([(0, 10, "a")], [(0, 10, "b")]) == [False]
    assert hits([(5, 5, "a")], [(5.9, 6, "a")]) == [True]
    assert hits([(5, 5, "a")], [(5.9, 6.1, "a")]) == [False]


def test_one_to_one_and_as_many_as_possible() -> None:
    assert sorted(hits([(0, 10, "a")], [(0, 9, "a"), (0, 10, "a")])) == [False, True]
    # The second found event fits both; taking the better overlap first would leave one without a match.
    assert hits([(0, 10, "a"), (4, 12, "a")], [(3, 10, "a"), (0, 6, "a")]) == [True, True]


def test_f1_by_class_and_over_all() -> None:
    items = [
        EventItem(((0, 10, "a"), (20, 30, "b")), ((0, 10, "a"), (40, 50, "b")), (0.9, 0.8)),
        EventItem((), ((0, 10, "c"),), (0.5,)),
    ]
    told = measure(METRICS["event_f1"], items, ["x", "y"])
    assert told.overall.value == pytest.approx(2 * 1 / (2 + 3))
    assert told.classes["a"].value == 1
    assert told.classes["b"].value == 0
    assert "c" not in told.classes
    assert items[0].marks().given == [("a", 0.9, True), ("b", 0.8, False)]
