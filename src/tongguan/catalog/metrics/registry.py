"""All metrics. To add one: a folder beside this file and a line here."""

from __future__ import annotations

from tongguan.catalog.metrics import accuracy, ece, macro_f1, map50, map50_95
from tongguan.catalog.metrics.base import Metric

_MEMBERS: tuple[Metric, ...] = (map50.METRIC, map50_95.METRIC, accuracy.METRIC, macro_f1.METRIC, ece.METRIC)

METRICS: dict[str, Metric] = {metric.id: metric for metric in _MEMBERS}

if len(METRICS) != len(_MEMBERS):
    raise RuntimeError("two metrics share an id")


def metrics_of(task: str) -> tuple[Metric, ...]:
    """The metrics of a task, in the order in which they are reported."""
    return tuple(metric for metric in _MEMBERS if metric.task == task)
