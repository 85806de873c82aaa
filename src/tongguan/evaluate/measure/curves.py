"""Curves over the score, and figures at the operating threshold: precision and recall, counts, cost, calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tongguan.catalog.metrics.base import RESAMPLES, Floats, Interval, Marking, group_weights, interval
from tongguan.catalog.metrics.boxes import RECALLS, BoxItem, Matches, ShapeItem, match
from tongguan.catalog.metrics.classes import BINS, ClassItem, ratio
from tongguan.catalog.metrics.spans import SpanItem

GRID = np.round(np.arange(1, 100) / 100, 2)


@dataclass(frozen=True, slots=True)
class Answers:
    """All answers of a model: to which item and class, with what score, and whether right. truths: (items, classes)."""

    labels: tuple[str, ...]
    item: np.ndarray[Any, np.dtype[np.int64]]
    label: np.ndarray[Any, np.dtype[np.int64]]
    score: Floats
    right: Floats
    truths: Floats


def answers_of(items: Sequence[Any]) -> Answers:
    """Of boxes and other shapes (at an overlap of 0.5), class items, span items, and items that say what is right."""
    if items and isinstance(items[0], ClassItem):
        return _of_classes(items)
    if items and isinstance(items[0], SpanItem):
        return _of_spans(items)
    if items and isinstance(items[0], Marking):
        return _of_marks(items)
    matches: Matches = match([one for one in items if isinstance(one, BoxItem | ShapeItem)], (0.5,))
    right = matches.hits[0].astype(float)
    return Answers(matches.labels, matches.item, matches.label, matches.score, right, matches.truths)


def _of_classes(items: Sequence[ClassItem]) -> Answers:
    labels = tuple(sorted({one.truth for one in items} | {one.found for one in items if one.found}))
    number = {name: at for at, name in enumerate(labels)}
    truths = np.zeros((len(items), len(labels)))
    for at, one in enumerate(items):
        truths[at, number[one.truth]] = 1
    given = [at for at, one in enumerate(items) if one.found]
    label = np.array([number[items[at].found or ""] for at in given], dtype=np.int64)
    score = np.array([items[at].score for at in given])
    right = np.array([float(items[at].found == items[at].truth) for at in given])
    return Answers(labels, np.array(given, dtype=np.int64), label, score, right, truths)


def _of_spans(items: Sequence[SpanItem]) -> Answers:
    names = {label for one in items for _, _, label in (*one.truth, *one.found)}
    labels = tuple(sorted(names))
    number = {name: at for at, name in enumerate(labels)}
    truths = np.zeros((len(items), len(labels)))
    for at, one in enumerate(items):
        for _, _, name in set(one.truth):
            truths[at, number[name]] += 1
    rows = [
        (at, number[span[2]], score, float(hit))
        for at, one in enumerate(items)
        for span, score, hit in zip(one.found, one.scores, one.hits(), strict=True)
    ]
    item, label = (np.array([row[place] for row in rows], dtype=np.int64) for place in (0, 1))
    score, right = (np.array([row[place] for row in rows], dtype=float) for place in (2, 3))
    return Answers(labels, item, label, score, right, truths)


def _of_marks(items: Sequence[Marking]) -> Answers:
    told = [one.marks() for one in items]
    labels = tuple(sorted({name for one in told for name in (*one.asked, *(row[0] for row in one.given))}))
    number = {name: at for at, name in enumerate(labels)}
    truths = np.zeros((len(items), len(labels)))
    for at, one in enumerate(told):
        for name in one.asked:
            truths[at, number[name]] += 1
    rows = [(at, number[name], score, float(hit)) for at, one in enumerate(told) for name, score, hit in one.given]
    item, label = (np.array([row[place] for row in rows], dtype=np.int64) for place in (0, 1))
    score, right = (np.array([row[place] for row in rows], dtype=float) for place in (2, 3))
    return Answers(labels, item, label, score, right, truths)


def precision_recall(answers: Answers) -> list[dict[str, Any]]:
    """By class: precision (upper envelope) at 101 recalls, and the score at which each recall is reached."""
    out = []
    for at, label in enumerate(answers.labels):
        truths = float(answers.truths[:, at].sum())
        if not truths:
            continue
        chosen = np.flatnonzero(answers.label == at)
        chosen = chosen[np.argsort(-answers.score[chosen], kind="stable")]
        right = np.cumsum(answers.right[chosen])
        precision = right / np.arange(1, len(chosen) + 1)
        envelope = np.maximum.accumulate(precision[::-1])[::-1]
        place = np.searchsorted(right / truths, RECALLS, side="left")
        reached = place < len(chosen)
        place = np.minimum(place, max(0, len(chosen) - 1))
        values = np.where(reached, envelope[place], 0.0) if len(chosen) else np.zeros(len(RECALLS))
        scores = answers.score[chosen][place[reached]] if len(chosen) else np.zeros(0)
        out.append(
            {
                "label": label,
                "labels": int(truths),
                "precision": [round(float(value), 4) for value in values],
                "score": [round(float(value), 4) for value in scores],
            }
        )
    return out


@dataclass(frozen=True, slots=True)
class Costs:
    """What a missed defect and a false call cost, in fen."""

    miss_fen: int
    false_fen: int

    def of(self, missed: float, invented: float) -> int:
        """The sum."""
        return round(self.miss_fen * missed + self.false_fen * invented)


def threshold_curve(answers: Answers, costs: Costs) -> dict[str, Any]:
    """Counts, precision, recall, F1 and cost at every hundredth, and the thresholds that are best by F1 and by cost."""
    order = np.argsort(-answers.score, kind="stable")
    score, right = answers.score[order], np.cumsum(answers.right[order])
    total = float(answers.truths.sum())

    def row(threshold: float) -> dict[str, Any]:
        seen = int(np.searchsorted(-score, -threshold, side="right"))
        hits = float(right[seen - 1]) if seen else 0.0
        missed, invented = total - hits, seen - hits
        return {
            "threshold": threshold,
            "right": int(hits),
            "missed": int(missed),
            "invented": int(invented),
            "precision": round(hits / seen, 4) if seen else None,
            "recall": round(hits / total, 4) if total else None,
            "f1": round(2 * hits / (seen + total), 4) if seen + total else None,
            "cost_fen": costs.of(missed, invented),
        }

    rows = [row(float(threshold)) for threshold in GRID]
    places = sorted({round(float(value), 4) for value in score} | {float(value) for value in GRID})
    step = max(1, len(places) // 2000)
    tried = [row(threshold) for threshold in places[::step]]
    return {
        "rows": rows,
        "best_f1": max(tried, key=lambda one: (one["f1"] or 0.0, one["threshold"]), default=None),
        "best_cost": min(tried, key=lambda one: (one["cost_fen"], -one["threshold"]), default=None),
    }


def operating(
    answers: Answers, groups: Sequence[str], threshold: float, costs: Costs, resamples: int = RESAMPLES
) -> dict[str, Any]:
    """Precision, recall and F1 with intervals, counts and cost at the operating threshold, over all and by class."""
    weights = group_weights(groups, resamples)
    shown = answers.score >= threshold
    items, classes = len(groups), max(1, len(answers.labels))
    cell = answers.item[shown] * classes + answers.label[shown]
    seen = np.bincount(cell, minlength=items * classes).astype(float).reshape(items, classes)
    hits = np.bincount(cell, weights=answers.right[shown], minlength=items * classes)
    right: Floats = hits.astype(float).reshape(items, classes)
    truths = answers.truths if answers.truths.shape[1] else np.zeros((items, classes))
    out = _point(truths.sum(axis=1), seen.sum(axis=1), right.sum(axis=1), weights)
    out["cost_fen"] = costs.of(out["missed"], out["invented"])
    out["threshold"] = threshold
    out["classes"] = {
        label: _point(truths[:, at], seen[:, at], right[:, at], weights) for at, label in enumerate(answers.labels)
    }
    return out


def _point(truths: Floats, seen: Floats, right: Floats, weights: Floats) -> dict[str, Any]:
    exact = np.ones((1, len(truths)))

    def share(over: Floats, under: Floats) -> dict[str, float | None]:
        value = float(ratio(exact @ over, exact @ under)[0])
        return interval(value, ratio(weights @ over, weights @ under)).as_json()

    return {
        "precision": share(right, seen),
        "recall": share(right, truths),
        "f1": share(2 * right, seen + truths),
        "right": int(right.sum()),
        "missed": int((truths - right).sum()),
        "invented": int((seen - right).sum()),
        "labels": int(truths.sum()),
    }


def calibration(answers: Answers, groups: Sequence[str], resamples: int = RESAMPLES) -> dict[str, Any]:
    """Expected calibration error of the scores with its interval, and the bins behind it: 15 of equal width (Guo et al.
    2017), the mean score of the answers in each against the share of them that is right."""
    bins = np.clip(np.ceil(answers.score * BINS).astype(np.int64) - 1, 0, BINS - 1)
    distance = np.zeros((len(groups), BINS))
    np.add.at(distance, (answers.item, bins), answers.right - answers.score)
    count = np.bincount(answers.item, minlength=len(groups)).astype(float)
    weights = group_weights(groups, resamples)
    exact = float(ratio(np.abs(distance.sum(axis=0)).sum()[None], count.sum()[None])[0])
    error: Interval = interval(exact, ratio(np.abs(weights @ distance).sum(axis=1), weights @ count))
    rows = []
    for at in range(BINS):
        inside = bins == at
        n = int(inside.sum())
        rows.append(
            {
                "low": round(at / BINS, 4),
                "high": round((at + 1) / BINS, 4),
                "n": n,
                "score": round(float(answers.score[inside].mean()), 4) if n else None,
                "right": round(float(answers.right[inside].mean()), 4) if n else None,
            }
        )
    return {"ece": error.as_json(), "bins": rows}
