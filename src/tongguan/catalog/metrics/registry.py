"""All metrics. To add one: a folder beside this file and a line here."""

from __future__ import annotations

from tongguan.catalog.metrics import (
    accuracy,
    assa,
    auroc,
    cer,
    coverage,
    deta,
    dice,
    ece,
    entity_f1,
    event_f1,
    grade_mae,
    hota,
    idf1,
    macro_f1,
    mae,
    map3d_25,
    map3d_50,
    map50,
    map50_95,
    miou,
    mota,
    mse,
    organ_top1,
    perplexity,
    qwk,
    sensitivity,
    specificity,
    token_loss,
    wer,
    within_one,
)
from tongguan.catalog.metrics.base import Metric

_MEMBERS: tuple[Metric, ...] = (
    map50.METRIC,
    map50_95.METRIC,
    accuracy.METRIC,
    macro_f1.METRIC,
    sensitivity.METRIC,
    specificity.METRIC,
    organ_top1.METRIC,
    auroc.METRIC,
    ece.METRIC,
    entity_f1.METRIC,
    cer.METRIC,
    wer.METRIC,
    mse.METRIC,
    mae.METRIC,
    coverage.METRIC,
    hota.METRIC,
    deta.METRIC,
    assa.METRIC,
    mota.METRIC,
    idf1.METRIC,
    event_f1.METRIC,
    miou.METRIC,
    qwk.METRIC,
    grade_mae.METRIC,
    within_one.METRIC,
    dice.METRIC,
    map3d_50.METRIC,
    map3d_25.METRIC,
    token_loss.METRIC,
    perplexity.METRIC,
)
_ALSO = {
    "screening": ("ece",),
    "anomaly": ("auroc",),
    "segmentation": ("map50",),
    "grading": ("accuracy", "ece"),
    "preference": ("accuracy", "ece"),
    "oriented-detection": ("map50", "map50_95"),
    "picture-anomaly": ("auroc", "sensitivity", "specificity"),
}
"""Metrics of another task that a task reports as well."""

METRICS: dict[str, Metric] = {metric.id: metric for metric in _MEMBERS}

if len(METRICS) != len(_MEMBERS):
    raise RuntimeError("two metrics share an id")


def metrics_of(task: str) -> tuple[Metric, ...]:
    """The metrics of a task, in the order in which they are reported."""
    return tuple(metric for metric in _MEMBERS if metric.task == task or metric.id in _ALSO.get(task, ()))
