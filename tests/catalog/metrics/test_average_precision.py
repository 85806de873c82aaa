"""Average precision against faster-coco-eval, its interval, and the operating point."""

from __future__ import annotations

import time

import numpy as np
import pytest
from faster_coco_eval import COCO, COCOeval_faster

from tongguan.catalog.metrics.base import group_weights, measure
from tongguan.catalog.metrics.boxes import AREAS, AveragePrecision, BoxItem, match, operating_point
from tongguan.catalog.metrics.registry import METRICS, metrics_of

LABELS = ["crazing", "patches", "scratches"]


def made(items: int, seed: int, most: int = 6, noise: float = 6.0, ties: bool = False) -> list[BoxItem]:
    """Pictures of 200 px with drawn boxes and predictions around them, some right, some not."""
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(items):
        count = int(rng.integers(0, most))
        truth = np.column_stack([rng.uniform(0, 150, (count, 2)), rng.uniform(5, 60, (count, 2))])
        names = [LABELS[at] for at in rng.integers(0, len(LABELS), count)]
        copies = int(rng.integers(1, 4))
        found = np.repeat(truth, copies, axis=0) + rng.normal(0, noise, (count * copies, 4))
        found[:, 2:] = np.maximum(found[:, 2:], 1)
        found_names = [
            name if rng.random() > 0.2 else LABELS[int(rng.integers(0, 3))] for name in np.repeat(names, copies)
        ]
        extra = int(rng.integers(0, 4))
        found = np.concatenate(
            [found, np.column_stack([rng.uniform(0, 150, (extra, 2)), rng.uniform(5, 60, (extra, 2))])]
        )
        found_names += [LABELS[int(at)] for at in rng.integers(0, 3, extra)]
        scores = rng.random(len(found))
        if ties:
            scores = np.round(scores, 1)
        out.append(BoxItem(truth, names, found, found_names, scores))
    return out


def reference(items: list[BoxItem]) -> tuple[float, float, dict[str, float]]:
    """mAP50, mAP50-95 and AP50 by class from faster-coco-eval."""
    judge = judged_by_reference(items)
    precision = judge.eval["precision"]  # thresholds, recalls, classes, areas, limits
    by_class = {name: float(precision[0, :, at, 0, -1].mean()) for at, name in enumerate(LABELS)}
    return float(judge.stats[1]), float(judge.stats[0]), by_class


def judged_by_reference(items: list[BoxItem]) -> COCOeval_faster:
    """faster-coco-eval, summarized."""
    truth: list[dict[str, object]] = []
    found: list[dict[str, object]] = []
    for image, one in enumerate(items, start=1):
        for box, name in zip(one.truth, one.truth_labels, strict=True):
            truth.append(
                {
                    "id": len(truth) + 1,
                    "image_id": image,
                    "category_id": LABELS.index(name) + 1,
                    "bbox": [float(value) for value in box],
                    "area": float(box[2] * box[3]),
                    "iscrowd": 0,
                }
            )
        for box, name, score in zip(one.found, one.found_labels, one.scores, strict=True):
            found.append(
                {
                    "image_id": image,
                    "category_id": LABELS.index(name) + 1,
                    "bbox": [float(value) for value in box],
                    "score": float(score),
                }
            )
    coco = COCO(
        {
            "images": [
                {"id": at + 1, "width": 200, "height": 200, "file_name": f"{at}.jpg"} for at in range(len(items))
            ],
            "annotations": truth,
            "categories": [{"id": at + 1, "name": name} for at, name in enumerate(LABELS)],
        }
    )
    judge = COCOeval_faster(coco, coco.loadRes(found), "bbox", print_function=lambda *_: None)
    judge.evaluate()
    judge.accumulate()
    judge.summarize()
    return judge


@pytest.mark.parametrize(("seed", "ties"), [(0, False), (1, False), (2, True), (3, True)])
def test_same_figures_as_the_reference(seed: int, ties: bool) -> None:
    items = made(60, seed, ties=ties)
    groups = [str(at) for at in range(len(items))]
    map50, map50_95, by_class = reference(items)
    first = measure(METRICS["map50"], items, groups, resamples=10)
    second = measure(METRICS["map50_95"], items, groups, resamples=10)
    assert first.overall.value == pytest.approx(map50, abs=1e-9)
    assert second.overall.value == pytest.approx(map50_95, abs=1e-9)
    for name, value in by_class.items():
        assert first.classes[name].value == pytest.approx(value, abs=1e-9)


def test_a_resample_is_the_metric_of_the_drawn_copies() -> None:
    items = made(12, 5)
    groups = [str(at // 2) for at in range(12)]
    weights = group_weights(groups, resamples=5)
    for metric in metrics_of("detection"):
        prepared = metric.prepare(items)
        fast = prepared.overall(prepared.per_class(weights))
        for row, value in zip(weights, fast, strict=True):
            copies = [one for one, times in zip(items, row, strict=True) for _ in range(int(times))]
            again = metric.prepare(copies)
            exact = again.overall(again.per_class(np.ones((1, len(copies)))))[0]
            assert value == pytest.approx(exact, abs=1e-12)


def test_the_interval_holds_the_value_and_repeats() -> None:
    items = made(80, 7)
    groups = [str(at // 2) for at in range(80)]
    for metric in metrics_of("detection"):
        one, two = (measure(metric, items, groups) for _ in range(2))
        assert one == two
        low, value, high = one.overall.low, one.overall.value, one.overall.high
        assert low is not None
        assert value is not None
        assert high is not None
        assert low < value < high


def test_groups_are_drawn_whole() -> None:
    weights = group_weights(["a", "a", "b", "b", "b"], resamples=50)
    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, 2] == weights[:, 4]).all()
    assert (weights[:, 0] + weights[:, 2] == 2).all()


def test_nothing_to_find_has_no_figure() -> None:
    empty = BoxItem(np.zeros((0, 4)), [], np.array([[0.0, 0, 5, 5]]), ["patches"], np.array([0.9]))
    for metric in metrics_of("detection"):
        found = measure(metric, [empty, empty], ["1", "2"], resamples=5)
        assert found.overall.as_json() == {"value": None, "low": None, "high": None}
        assert found.classes == {}
        assert measure(metric, [], [], resamples=5).overall.value is None


def test_a_perfect_model_has_one_and_a_blind_one_zero() -> None:
    truth = np.array([[0.0, 0, 10, 10], [30, 30, 10, 20]])
    perfect = BoxItem(truth, ["patches", "crazing"], truth, ["patches", "crazing"], np.array([0.9, 0.8]))
    blind = BoxItem(truth, ["patches", "crazing"], np.zeros((0, 4)), [], np.zeros(0))
    for metric in metrics_of("detection"):
        assert measure(metric, [perfect], ["a"], resamples=5).overall.value == 1
        assert measure(metric, [blind], ["a"], resamples=5).overall.value == 0


def test_the_operating_point_has_the_best_f1() -> None:
    items = made(40, 9)
    matches = match(items, (0.5,))
    best = operating_point(matches)
    tried = [operating_point(matches, score).f1 for score in np.unique(matches.score)]
    assert best.f1 == pytest.approx(max(tried))
    at = operating_point(matches, best.threshold)
    assert (at.precision, at.recall, at.f1) == (best.precision, best.recall, best.f1)
    assert operating_point(matches, 2.0).recall == 0


def test_a_thousand_resamples_of_a_benchmark_take_seconds() -> None:
    items = made(500, 11, most=12)
    started = time.perf_counter()
    measure(METRICS["map50_95"], items, [str(at) for at in range(500)])
    assert time.perf_counter() - started < 20


@pytest.mark.parametrize("seed", [4, 5])
def test_ranges_of_areas_as_the_reference_has_them(seed: int) -> None:
    items = made(80, seed, noise=3.0)
    judge = judged_by_reference(items)
    precision = judge.eval["precision"]  # thresholds, recalls, classes, areas, limits
    for at, (name, area) in enumerate(AREAS.items(), start=1):
        for metric in metrics_of("detection"):
            thresholds = metric.prepare(items).matches.thresholds  # type: ignore[attr-defined]
            prepared = AveragePrecision(items, thresholds, area)
            found = prepared.per_class(np.ones((1, len(items))))[0]
            for number, label in enumerate(LABELS):
                theirs = precision[: len(thresholds), :, number, at, -1]
                mine = found[prepared.labels.index(label)]
                if theirs.min() < 0:  # the reference's word for "no such box"
                    assert np.isnan(mine), (name, label)
                else:
                    assert mine == pytest.approx(float(theirs.mean()), abs=1e-9), (name, label)
