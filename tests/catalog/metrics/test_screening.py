"""Figures of a screening against scikit-learn, on made answers."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, recall_score, roc_auc_score

from tongguan.catalog.metrics.base import measure
from tongguan.catalog.metrics.classes import ClassItem
from tongguan.catalog.metrics.registry import METRICS, metrics_of
from tongguan.catalog.metrics.screening import RankArea, ScreenItem

ORGANS = ("colon", "liver", "stomach")


def made(count: int, seed: int = 0) -> list[ScreenItem]:
    """Answers of a mediocre screening; risks have ties."""
    rng = np.random.default_rng(seed)
    items = []
    for _ in range(count):
        truth = "normal" if rng.random() < 0.5 else str(rng.choice(ORGANS))
        risk = float(np.round(np.clip(rng.normal(0.35 + 0.3 * (truth != "normal"), 0.2), 0, 1), 2))
        organ = truth if truth != "normal" and rng.random() < 0.6 else str(rng.choice(ORGANS))
        items.append(ScreenItem(truth, organ if risk >= 0.5 else "normal", risk, "normal", risk, {"liver": "upper"}))
    return items


def test_values_are_those_of_scikit_learn() -> None:
    items = made(400)
    truth, called = [one.is_positive() for one in items], [one.called() for one in items]
    groups = [str(at) for at in range(len(items))]
    found = {metric.id: measure(metric, items, groups, 200) for metric in metrics_of("screening")}
    assert found["sensitivity"].overall.value == pytest.approx(recall_score(truth, called))
    assert found["specificity"].overall.value == pytest.approx(recall_score(truth, called, pos_label=False))
    assert found["auroc"].overall.value == pytest.approx(roc_auc_score(truth, [one.risk for one in items]))
    both = [one for one in items if one.is_positive() and one.called()]
    right = accuracy_score([one.organ() for one in both], [one.merge.get(one.found or "", one.found) for one in both])
    assert found["organ_top1"].overall.value == pytest.approx(right)
    for one in found.values():
        low, high = one.overall.low, one.overall.high
        assert low is not None
        assert high is not None
        assert low <= (one.overall.value or 0) <= high or one is found["ece"]


def test_the_area_follows_weights_as_copies_do() -> None:
    items = made(60, seed=1)
    times = np.random.default_rng(2).integers(0, 4, len(items))
    area = RankArea([one.risk for one in items], [one.is_positive() for one in items])
    copies = [one for one, count in zip(items, times, strict=True) for _ in range(count)]
    wanted = roc_auc_score([one.is_positive() for one in copies], [one.risk for one in copies])
    assert area.per_class(times[None, :].astype(float))[0, 0] == pytest.approx(wanted)


def test_accuracy_and_macro_f1_are_those_of_scikit_learn() -> None:
    items = [ClassItem(one.truth, one.found, one.score) for one in made(300, seed=3)]
    groups = [str(at % 40) for at in range(len(items))]
    truth, found = [one.truth for one in items], [one.found for one in items]
    assert measure(METRICS["accuracy"], items, groups, 50).overall.value == pytest.approx(accuracy_score(truth, found))
    wanted = f1_score(truth, found, average="macro")
    assert measure(METRICS["macro_f1"], items, groups, 50).overall.value == pytest.approx(wanted)
