"""Everything that is known of a model on a set of items: the object that the server stores and the command prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.registry import dump_labels
from tongguan.catalog.metrics.base import RESAMPLES
from tongguan.catalog.metrics.registry import METRICS, metrics_of
from tongguan.evaluate.measure import curves
from tongguan.evaluate.measure.curves import Costs
from tongguan.evaluate.measure.judged import Judged
from tongguan.evaluate.measure.outcomes import Outcome, confusion, outcomes
from tongguan.evaluate.measure.reference import BOX_EDGES, BRIGHTNESS_EDGES, SCORE_EDGES, distribution
from tongguan.evaluate.measure.table import Table, table
from tongguan.evaluate.measure.verdict import Rules, guarded, verdict
from tongguan.train.recipes.judging import judge_of

MOST_WORST = 60


@dataclass(frozen=True, slots=True)
class Side:
    """A model's answers to the items, and the threshold above which they are shown."""

    judged: Sequence[Judged]
    threshold: float


def main_metric(task: str, wanted: str) -> str:
    """The wanted metric where the task has it, else the task's own."""
    return wanted if any(metric.id == wanted for metric in metrics_of(task)) else judge_of(task).main


def measured(
    task: str, model: Side, champion: Side | None, rules: Rules, overlap: int | None, resamples: int = RESAMPLES
) -> dict[str, Any]:
    """Metrics, classes, slices, curves, confusion, calibration, worst items, reference; beside a champion on the same
    items the paired differences and the verdict with its reasons."""
    items = [one.metric_item(task) for one in model.judged]
    groups = [one.group for one in model.judged]
    costs = Costs(rules.miss_fen, rules.false_fen)
    found = table(task, model.judged, resamples)
    other = table(task, champion.judged, resamples) if champion else None
    answers = curves.answers_of(items)
    became = outcomes(task, model.judged, model.threshold)
    decided = verdict(rules, found, other, overlap)
    return {
        "metrics": _metrics(found),
        "detail": {
            "operating": curves.operating(answers, groups, model.threshold, costs, resamples),
            "precision_recall": curves.precision_recall(answers),
            "thresholds": curves.threshold_curve(answers, costs),
            "calibration": curves.calibration(answers, groups, resamples),
            "confusion": confusion(became),
        },
        "slices": _slices(found, other, rules),
        "comparison": _comparison(found, other) if other else {},
        "passed": decided.passed,
        "reasons": [reason.as_json() for reason in decided.reasons],
        "worst": worst(model.judged, became, costs),
        "reference": reference(model),
    }


def paired(task: str, first: Side, second: Side, resamples: int = RESAMPLES) -> dict[str, Any]:
    """Two models on the same items, first minus second: differences of the metrics, overall and by slice."""
    one, two = table(task, first.judged, resamples), table(task, second.judged, resamples)
    return {
        "difference": _comparison(one, two)["difference"],
        "slices": _slices(one, two, Rules("", 0.0, (), 0, 0, 0)),
    }


def _metrics(found: Table) -> dict[str, Any]:
    whole = next(row for part, row in found.items() if part.kind == "all")
    return {metric: drawn.interval().as_json() for metric, drawn in whole.items()}


def _slices(found: Table, other: Table | None, rules: Rules) -> list[dict[str, Any]]:
    margins = guarded(rules, list(found))
    rows = []
    for part, row in found.items():
        if part.kind == "all":
            continue
        shown: dict[str, Any] = {
            "kind": part.kind,
            "value": part.value,
            "items": part.items,
            "labels": part.labels,
            "range": part.range,
            "margin": margins.get(part),
            "metrics": {metric: drawn.interval().as_json() for metric, drawn in row.items()},
        }
        if other is not None:
            theirs = other.get(part, {})
            shown["champion"] = {metric: drawn.interval().as_json() for metric, drawn in theirs.items()}
            shown["difference"] = {
                metric: drawn.minus(theirs[metric]).interval().as_json()
                for metric, drawn in row.items()
                if metric in theirs
            }
        rows.append(shown)
    return rows


def _comparison(found: Table, other: Table) -> dict[str, Any]:
    one, two = (next(row for part, row in which.items() if part.kind == "all") for which in (found, other))
    out: dict[str, Any] = {"metrics": _metrics(other), "difference": {}}
    for metric, drawn in one.items():
        difference = drawn.minus(two[metric])
        better = difference.better(METRICS[metric].higher_is_better)
        out["difference"][metric] = {
            **difference.interval().as_json(),
            "better": None if better is None else round(better, 4),
        }
    return out


def worst(judged: Sequence[Judged], became: Sequence[Outcome], costs: Costs) -> list[dict[str, Any]]:
    """The pictures whose mistakes cost most; a wrong class is a miss and a false call."""
    rows = []
    for one in became:
        counts = one.counts
        cost = _cost(counts, costs)
        mistakes = counts["missed"] + counts["wrong"] + counts["invented"]
        if mistakes:
            rows.append((-cost, -mistakes, judged[one.at].name, one, counts))
    rows.sort(key=lambda row: row[:3])
    return [picture(judged[one.at], one, -minus) for minus, _, _, one, _ in rows[:MOST_WORST]]


def _cost(counts: dict[str, int], costs: Costs) -> int:
    return costs.of(counts["missed"] + counts["wrong"], counts["invented"] + counts["wrong"])


def pictures_of(task: str, model: Side, rules: Rules) -> list[dict[str, Any]]:
    """Every item as `picture` gives it, in order: what a figure can be clicked down to."""
    costs = Costs(rules.miss_fen, rules.false_fen)
    became = outcomes(task, model.judged, model.threshold)
    return [picture(model.judged[one.at], one, _cost(one.counts, costs)) for one in became]


def picture(judged: Judged, one: Outcome, cost_fen: int) -> dict[str, Any]:
    """A picture with its drawn and found labels, each with its state."""
    return {
        "item": judged.path,
        "name": judged.name,
        "width": judged.width,
        "height": judged.height,
        "brightness": judged.brightness,
        "source": judged.source,
        **one.counts,
        "cells": [list(pair) for pair in sorted(one.cells)],
        "cost_fen": cost_fen,
        "truth": _stated(one.truth),
        "found": _stated(one.found),
    }


def _stated(labels: Sequence[tuple[LabelRecord, str]]) -> list[dict[str, Any]]:
    records = dump_labels([label for label, _ in labels])
    return [{**record, "state": state} for record, (_, state) in zip(records, labels, strict=True)]


def reference(model: Side) -> dict[str, Any]:
    """Distributions for monitors: brightness, top score, boxes at or above the threshold."""
    light = [one.brightness for one in model.judged if one.brightness is not None]
    top = [max((mark.score or 0.0 for mark in one.found), default=0.0) for one in model.judged]
    boxes = [float(len(one.above(model.threshold))) for one in model.judged]
    return {
        "threshold": model.threshold,
        "brightness": distribution(light, BRIGHTNESS_EDGES).as_json(),
        "top_score": distribution(top, SCORE_EDGES).as_json(),
        "boxes": distribution(boxes, BOX_EDGES).as_json(),
    }
