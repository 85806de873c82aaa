"""Figures of a model on a benchmark and its slices, each with the draws of its bootstrap, so that two can be paired.

Every draw takes groups with replacement from the whole benchmark, also for a slice: the slice's size varies as it
would in another benchmark of this kind, and two models get the same draws (Efron and Tibshirani 1993, chapters 8, 13).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tongguan.catalog.metrics.base import (
    RESAMPLES,
    Floats,
    Interval,
    Metric,
    Prepared,
    group_weights,
    interval,
    resampled,
)
from tongguan.catalog.metrics.boxes import AREAS, AveragePrecision, BoxItem, Ints
from tongguan.catalog.metrics.registry import metrics_of
from tongguan.evaluate.measure.judged import Judged

MOST_SOURCES = 30
LIGHT = ("dark", "middle", "bright")


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the benchmark. kind: all, class, size, brightness, source. items and labels: how many it holds.
    range: of brightness or of square pixels."""

    kind: str
    value: str
    items: int
    labels: int
    range: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure and what the resamples make of it; nan where it is not defined."""

    exact: float
    draws: Floats

    def interval(self) -> Interval:
        """With its 95 % percentile interval."""
        return interval(self.exact, self.draws)

    def minus(self, other: Drawn) -> Drawn:
        """The paired difference."""
        return Drawn(self.exact - other.exact, self.draws - other.draws)

    def better(self, higher_is_better: bool) -> float | None:
        """For a difference: the share of resamples in which the first is better."""
        good = self.draws[~np.isnan(self.draws)]
        wins = (good > 0) if higher_is_better else (good < 0)
        return float(wins.mean()) if len(good) else None


Table = dict[Slice, dict[str, Drawn]]
"""Slice -> metric -> figure."""


def table(task: str, judged: Sequence[Judged], resamples: int = RESAMPLES) -> Table:
    """All slices with all metrics of the task; slices that hold the same items for two models are equal."""
    items = [one.metric_item(task) for one in judged]
    weights = group_weights([one.group for one in judged], resamples)
    found: Table = {}
    parts = list(_item_slices(judged))
    for metric in metrics_of(task):
        prepared = metric.prepare(items)
        exact, draws = prepared.per_class(np.ones((1, len(items)))), resampled(prepared, weights)
        _add(found, Slice("all", "", len(judged), _labels(judged)), metric, _overall(prepared, exact, draws))
        for at, label in enumerate(prepared.labels):
            if not np.isnan(exact[0, at]):
                _add(found, _class_slice(judged, label), metric, Drawn(float(exact[0, at]), draws[:, at]))
        if isinstance(prepared, AveragePrecision) and all(isinstance(one, BoxItem) for one in items):
            for part, sized in _sizes(prepared, items):
                _add(found, part, metric, _measured(sized, weights))
        for part, chosen in parts:
            some = metric.prepare([items[at] for at in chosen])
            _add(found, part, metric, _measured(some, weights[:, chosen]))
    return found


def _add(found: Table, part: Slice, metric: Metric, drawn: Drawn) -> None:
    found.setdefault(part, {})[metric.id] = drawn


def _measured(prepared: Prepared, weights: Floats) -> Drawn:
    exact = prepared.per_class(np.ones((1, weights.shape[1])))
    return _overall(prepared, exact, resampled(prepared, weights))


def _overall(prepared: Prepared, exact: Floats, draws: Floats) -> Drawn:
    return Drawn(float(prepared.overall(exact)[0]), prepared.overall(draws))


def _labels(judged: Sequence[Judged]) -> int:
    return sum(len(one.truth) for one in judged)


def _class_slice(judged: Sequence[Judged], label: str) -> Slice:
    counts = [sum(mark.label == label for mark in one.truth) for one in judged]
    return Slice("class", label, sum(count > 0 for count in counts), sum(counts))


def _sizes(prepared: AveragePrecision, items: Sequence[Any]) -> Iterator[tuple[Slice, AveragePrecision]]:
    """Boxes by their area, in the ranges of the COCO evaluation."""
    for name, area in AREAS.items():
        inside = [
            int(((one.truth[:, 2] * one.truth[:, 3] >= area[0]) & (one.truth[:, 2] * one.truth[:, 3] <= area[1])).sum())
            for one in items
        ]
        if any(inside):
            part = Slice("size", name, sum(count > 0 for count in inside), sum(inside), area)
            yield part, AveragePrecision(items, prepared.matches.thresholds, area)


def _item_slices(judged: Sequence[Judged]) -> Iterator[tuple[Slice, Ints]]:
    """Thirds by brightness of the benchmark's own pictures, and sources (the largest ones)."""
    light = np.array([np.nan if one.brightness is None else one.brightness for one in judged])
    if (~np.isnan(light)).any():
        edges = np.nanpercentile(light, [0, 100 / 3, 200 / 3, 100])
        third = np.where(np.isnan(light), -1, np.searchsorted(edges[1:3], light, side="left"))
        for at, name in enumerate(LIGHT):
            chosen = np.flatnonzero(third == at)
            if 0 < len(chosen) < len(judged):
                span = (float(light[chosen].min()), float(light[chosen].max()))
                yield _item_slice("brightness", name, judged, chosen, span), chosen
    yield from _own_slices(judged)
    names: dict[str, list[int]] = {}
    for at, one in enumerate(judged):
        names.setdefault(one.source, []).append(at)
    if len(names) > 1:
        largest = sorted(names, key=lambda name: (-len(names[name]), name))[:MOST_SOURCES]
        for name in largest:
            chosen = np.asarray(names[name], dtype=np.int64)
            yield _item_slice("source", name, judged, chosen), chosen


def _own_slices(judged: Sequence[Judged]) -> Iterator[tuple[Slice, Ints]]:
    """By the facts that the data themselves say of an item, such as the stage of a case."""
    found: dict[tuple[str, str], list[int]] = {}
    for at, one in enumerate(judged):
        for kind, value in one.slices.items():
            if value:
                found.setdefault((kind, value), []).append(at)
    for (kind, value), places in sorted(found.items()):
        if len(found) <= MOST_SOURCES:
            chosen = np.asarray(places, dtype=np.int64)
            yield _item_slice(kind, value, judged, chosen), chosen


def _item_slice(
    kind: str, value: str, judged: Sequence[Judged], chosen: Ints, span: tuple[float, float] | None = None
) -> Slice:
    return Slice(kind, value, len(chosen), sum(len(judged[at].truth) for at in chosen), span)
