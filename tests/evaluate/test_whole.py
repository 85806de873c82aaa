"""Slices, outcomes, curves and the verdict of a model, by counting by hand and against sums that must agree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.catalog.metrics.base import measure
from tongguan.catalog.metrics.registry import METRICS
from tongguan.evaluate.measure.judged import Judged
from tongguan.evaluate.measure.outcomes import confusion, outcomes
from tongguan.evaluate.measure.reference import Distribution, distribution
from tongguan.evaluate.measure.table import table
from tongguan.evaluate.measure.verdict import Guard, default_rules, verdict
from tongguan.evaluate.measure.whole import Side, measured

RULES = default_rules("detection")


def box(label: str, x: float, score: float | None = None, width: float = 20) -> BoxLabel:
    return BoxLabel(label=label, x=x, y=10, width=width, height=20, score=score)


def judged(at: int, truth: list[LabelRecord], found: list[LabelRecord], **more: Any) -> Judged:
    return Judged(f"p{at}", f"id{at}", f"g{at // 2}", 200, 200, tuple(truth), tuple(found), float(at), **more)


def model(seed: int, share: float, items: int = 60) -> list[Judged]:
    """A model that finds a share of the boxes, some with a wrong class, and invents some."""
    rng = np.random.default_rng(seed)
    made = []
    for at in range(items):
        truth: list[LabelRecord] = [box("a", 10), box("b", 60, width=60), box("a", 150)]
        found: list[LabelRecord] = []
        for one in truth:
            if isinstance(one, BoxLabel) and rng.random() < share:
                other = "b" if rng.random() < 0.2 else one.label
                found.append(one.model_copy(update={"label": other, "score": round(float(rng.random()), 3)}))
        if rng.random() < 0.3:
            found.append(BoxLabel(label="b", x=100, y=150, width=30, height=30, score=round(float(rng.random()), 3)))
        made.append(judged(at, truth, found, source="一线" if at % 3 else "二线"))
    return made


def test_every_box_has_one_outcome() -> None:
    truth: list[LabelRecord] = [box("a", 10), box("b", 60), box("a", 150)]
    found: list[LabelRecord] = [box("a", 11, 0.9), box("a", 60, 0.8), box("b", 110, 0.7), box("a", 150, 0.2)]
    (one,) = outcomes("detection", [judged(0, truth, found)], 0.3)
    assert [state for _, state in one.truth] == ["right", "wrong", "missed"]
    assert [state for _, state in one.found] == ["right", "wrong", "invented"]
    assert one.counts == {"right": 1, "wrong": 1, "missed": 1, "invented": 1}
    cells = {(cell["truth"], cell["found"]): cell["count"] for cell in confusion([one])["cells"]}
    assert cells == {("a", "a"): 1, ("b", "a"): 1, ("a", ""): 1, ("", "b"): 1}


def test_a_right_class_goes_before_a_higher_score_of_a_wrong_one() -> None:
    (one,) = outcomes("detection", [judged(0, [box("a", 10)], [box("b", 10, 0.9), box("a", 10, 0.5)])], 0.3)
    assert one.counts == {"right": 1, "wrong": 0, "missed": 0, "invented": 1}


def test_counts_of_curve_operating_point_and_confusion_agree() -> None:
    found = measured("detection", Side(model(1, 0.7), 0.5), None, RULES, 0, resamples=50)
    detail = found["detail"]
    at = next(row for row in detail["thresholds"]["rows"] if row["threshold"] == 0.5)
    operating = detail["operating"]
    cells = detail["confusion"]["cells"]
    right = sum(cell["count"] for cell in cells if cell["truth"] == cell["found"])
    wrong = sum(cell["count"] for cell in cells if cell["truth"] != cell["found"] and cell["truth"] and cell["found"])
    missed = sum(cell["count"] for cell in cells if not cell["found"])
    invented = sum(cell["count"] for cell in cells if not cell["truth"])
    assert right == operating["right"] == at["right"]
    assert missed + wrong == operating["missed"] == at["missed"]
    assert invented + wrong == operating["invented"] == at["invented"]
    assert operating["cost_fen"] == at["cost_fen"] == 500 * at["missed"] + 100 * at["invented"]
    assert sum(point["right"] for point in operating["classes"].values()) == right
    low, value, high = (operating["f1"][key] for key in ("low", "value", "high"))
    assert low < value < high
    assert value == pytest.approx(2 * right / (2 * right + at["missed"] + at["invented"]), abs=1e-6)
    cheapest = detail["thresholds"]["best_cost"]["cost_fen"]
    assert cheapest <= min(row["cost_fen"] for row in detail["thresholds"]["rows"])
    assert sum(one["cost_fen"] for one in found["worst"]) == operating["cost_fen"]


def test_the_curve_of_a_class_holds_its_average_precision() -> None:
    some = model(2, 0.8)
    found = measured("detection", Side(some, 0.5), None, RULES, 0, resamples=10)
    by_class = {row["value"]: row["metrics"]["map50"]["value"] for row in found["slices"] if row["kind"] == "class"}
    for curve in found["detail"]["precision_recall"]:
        assert np.mean(curve["precision"]) == pytest.approx(by_class[curve["label"]], abs=1e-3)
        assert curve["score"] == sorted(curve["score"], reverse=True)


def test_slices_are_the_metric_of_their_items() -> None:
    some = model(3, 0.8)
    found = table("detection", some, resamples=20)
    kinds = {part.kind for part in found}
    assert kinds == {"all", "class", "size", "brightness", "source"}
    for part, row in found.items():
        if part.kind in ("brightness", "source"):
            chosen = [
                one
                for one in some
                if one.source == part.value
                or (part.range is not None and part.range[0] <= (one.brightness or 0) <= part.range[1])
            ]
            exact = measure(
                METRICS["map50"], [one.metric_item("detection") for one in chosen], ["x"] * len(chosen), resamples=2
            )
            assert len(chosen) == part.items
            assert row["map50"].exact == pytest.approx(exact.overall.value or -1)
    thirds = sorted(part.items for part in found if part.kind == "brightness")
    assert thirds == [20, 20, 20]


def test_calibration_by_hand() -> None:
    some = [judged(at, [box("a", 10)], [box("a", 10 if at < 3 else 100, 0.9)]) for at in range(4)]
    found = measured("detection", Side(some, 0.5), None, RULES, 0, resamples=10)["detail"]["calibration"]
    assert found["ece"]["value"] == pytest.approx(0.15)
    (bin_,) = [row for row in found["bins"] if row["n"]]
    assert (bin_["n"], bin_["score"], bin_["right"]) == (4, 0.9, 0.75)


def test_the_verdict_needs_every_reason() -> None:
    good, weak = table("detection", model(1, 0.95), 200), table("detection", model(1, 0.5), 200)
    passed = verdict(RULES, good, weak, 0)
    assert passed.passed
    assert {reason.code for reason in passed.reasons} == {"overlap_none", "better", "slice_held"}
    assert not verdict(RULES, weak, good, 0).passed
    assert not verdict(RULES, good, good, 0).passed  # equal is not better
    assert [one.code for one in verdict(RULES, good, weak, 3).reasons if one.ok is False] == ["overlap_found"]
    assert [one.code for one in verdict(RULES, good, weak, None).reasons if one.ok is False] == ["overlap_unknown"]
    assert verdict(RULES, good, None, 0).passed
    assert not verdict(replace(RULES, least=0.99), good, None, 0).passed


def test_a_lost_slice_fails_a_model_that_is_better_over_all() -> None:
    strong = [replace(one, found=tuple(mark for mark in one.truth if mark.label == "a")) for one in model(1, 0)]
    strong = [replace(one, found=tuple(mark.model_copy(update={"score": 0.9}) for mark in one.found)) for one in strong]
    other = [
        replace(
            one,
            found=tuple(
                mark.model_copy(update={"score": 0.9}) for mark in one.truth if mark.label == "b" and at % 3 == 0
            ),
        )
        for at, one in enumerate(strong)
    ]
    found = verdict(RULES, table("detection", strong, 100), table("detection", other, 100), 0)
    codes = {(reason.code, reason.params.get("slice")) for reason in found.reasons if reason.ok is False}
    assert ("slice_worse", "b") in codes
    assert any(reason.code == "better" for reason in found.reasons)
    assert not found.passed
    free = replace(RULES, guards=(Guard("class", "b", 1.0), Guard("class", "z", 0.1)))
    again = verdict(free, table("detection", strong, 100), table("detection", other, 100), 0)
    assert again.passed
    assert ("slice_absent", None) in {(reason.code, reason.ok) for reason in again.reasons}
    small = replace(RULES, least_labels=10_000)
    said = verdict(small, table("detection", strong, 100), table("detection", other, 100), 0)
    assert {reason.ok for reason in said.reasons if reason.code == "slice_small"} == {None}


def test_classification_has_the_same_figures() -> None:
    rng = np.random.default_rng(1)
    some = []
    for at in range(60):
        truth = "ok" if at % 2 else "bad"
        found = truth if rng.random() < 0.8 else "bad"
        mark = ClassLabel(label=found, score=round(float(rng.uniform(0.5, 1)), 3))
        some.append(judged(at, [ClassLabel(label=truth)], [mark]))
    rules = default_rules("classification")
    whole = measured("classification", Side(some, 0.4), None, rules, 0, resamples=50)
    assert set(whole["metrics"]) == {"accuracy", "macro_f1", "ece"}
    right = sum(one.truth[0].label == one.found[0].label for one in some)
    assert whole["metrics"]["accuracy"]["value"] == pytest.approx(right / 60)
    assert whole["detail"]["operating"]["right"] == right
    assert sum(cell["count"] for cell in whole["detail"]["confusion"]["cells"]) == 60


def test_distributions_are_read_back_equal() -> None:
    made = distribution([1.0, 2.0, 2.0, 300.0], (0.0, 2.0, 256.0))
    assert made.counts == (1, 3)
    assert (made.n, made.quantiles[0], made.quantiles[100]) == (4, 1.0, 300.0)
    assert Distribution.from_json(made.as_json()).as_json() == made.as_json()
    assert distribution([], (0.0, 1.0)).n == 0
