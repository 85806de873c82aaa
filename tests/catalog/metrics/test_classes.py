"""Accuracy, macro F1, calibration and the operating point of single answers, against scikit-style counting by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tongguan.catalog.metrics.base import measure
from tongguan.catalog.metrics.classes import ClassItem, answering_point
from tongguan.catalog.metrics.registry import METRICS, metrics_of

ITEMS = [
    ClassItem("ok", "ok", 0.95),
    ClassItem("ok", "ok", 0.85),
    ClassItem("ok", "bad", 0.55),
    ClassItem("bad", "bad", 0.75),
    ClassItem("bad", "ok", 0.65),
    ClassItem("odd", None, 0.0),
]
GROUPS = [str(at) for at in range(len(ITEMS))]


def value(name: str) -> float | None:
    return measure(METRICS[name], ITEMS, GROUPS).overall.value


def test_the_figures_by_hand() -> None:
    assert [metric.id for metric in metrics_of("classification")] == ["accuracy", "macro_f1", "ece"]
    assert value("accuracy") == pytest.approx(3 / 6)
    # ok: 2 hits, 3 given, 3 answered; bad: 1 hit, 2 given, 2 answered; odd: never answered.
    assert value("macro_f1") == pytest.approx((4 / 6 + 2 / 4 + 0) / 3)
    # Every answer is alone in its bin; the item without an answer is right about being unsure.
    assert value("ece") == pytest.approx((0.05 + 0.15 + 0.55 + 0.25 + 0.65 + 0) / 6)


def test_recall_stands_by_each_label_class() -> None:
    classes = measure(METRICS["accuracy"], ITEMS, GROUPS).classes
    assert {name: one.value for name, one in classes.items()} == {"ok": pytest.approx(2 / 3), "bad": 0.5, "odd": 0}


def test_a_calibrated_model_has_a_small_error_and_intervals_hold_the_value() -> None:
    rng = np.random.default_rng(1)
    items = []
    for _ in range(4_000):
        score = float(rng.uniform(0.5, 1))
        items.append(ClassItem("a", "a" if rng.random() < score else "b", score))
    groups = [str(at) for at in range(len(items))]
    for name, most in (("ece", 0.03), ("accuracy", 0.8)):
        found = measure(METRICS[name], items, groups, resamples=200).overall
        assert found.value is not None
        assert found.low is not None
        assert found.high is not None
        assert found.value < most
        assert found.high - found.low < 0.05
    overconfident = [ClassItem(one.truth, one.found, 0.99) for one in items]
    worse = measure(METRICS["ece"], overconfident, groups, resamples=10).overall.value
    assert worse is not None
    assert worse > 0.2


def test_the_operating_point_leaves_out_answers_that_are_mostly_wrong() -> None:
    good = [ClassItem("a", "a", 0.9)] * 8
    bad = [ClassItem("a", "b", 0.3)] * 4
    point = answering_point([*good, *bad])
    assert point.precision == 1
    assert point.recall == pytest.approx(8 / 12)
    assert 0.3 < point.threshold < 0.9
    assert answering_point([*good, *bad], 0.1).precision == pytest.approx(8 / 12)
    assert answering_point([*good, *bad], 0.95).f1 == 0
    assert answering_point([]).f1 == 0
