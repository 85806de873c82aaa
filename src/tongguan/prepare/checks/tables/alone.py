"""What one column alone says about the target: a small tree on four fifths of the rows, judged on the other fifth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.media.table import Column

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Alone:
    """Held-out figures of one column. `base`: share of the most frequent class. `auroc`: one side against the other."""

    accuracy: float
    base: float
    auroc: float | None

    @property
    def reduction(self) -> float:
        """(accuracy - base) / (1 - base): 1 = always right, 0 = as good as always naming the most frequent class."""
        return (self.accuracy - self.base) / (1 - self.base) if self.base < 1 else 0.0


def predict_alone(column: Column, labels: NDArray[np.int32], classes: int, against: int | None, seed: int = 0) -> Alone:
    """Five folds of rows at random; in each, a tree of one column (numbers cut where it helps most, levels as they are,
    blanks apart) learns class frequencies from the other four. `against` is the class held against all others."""
    folds = np.random.default_rng(seed).integers(0, FOLDS, len(labels))
    right = 0
    score = np.zeros(len(labels))
    for fold in range(FOLDS):
        inside, outside = folds == fold, folds != fold
        bins, count = _bins(column, labels, classes, outside)
        table = np.zeros((count, classes))
        np.add.at(table, (bins[outside], labels[outside]), 1.0)
        prior = table.sum(axis=0) / max(1.0, table.sum())
        table += prior
        share = table / table.sum(axis=1, keepdims=True)
        seen = share[bins[inside]]
        right += int((seen.argmax(axis=1) == labels[inside]).sum())
        if against is not None:
            score[inside] = 1.0 - seen[:, against]
    base = float(np.bincount(labels, minlength=classes).max() / len(labels))
    auroc = None if against is None else area_under_curve(score, labels != against)
    return Alone(right / len(labels), base, auroc)


def area_under_curve(score: NDArray[np.float64], positive: NDArray[np.bool_]) -> float | None:
    """Area under the receiver's curve: how often a positive scores above a negative, ties half. None with one side.

    >>> area_under_curve(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    0.75
    """
    count, others = int(positive.sum()), int((~positive).sum())
    if not count or not others:
        return None
    ranks = _ranks(score)
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * others))


def ranks_same(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Spearman's rank correlation, without its sign."""
    one, two = _ranks(first), _ranks(second)
    if one.std() == 0 or two.std() == 0:
        return 0.0
    return abs(float(np.corrcoef(one, two)[0, 1]))


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: NDArray[Any] = (ends - (counts - 1) / 2)[inverse]
    return ranks.astype(np.float64)


def _bins(
    column: Column, labels: NDArray[np.int32], classes: int, learnt: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], int]:
    """A bin for each row, and how many there are; the last is for blanks. Cuts come from the rows `learnt`."""
    if column.type in ("category", "text"):
        count = len(column.levels)
        return np.where(column.codes < 0, count, column.codes).astype(np.int64), count + 1
    missing = column.missing
    rows = learnt & ~missing
    edges = _cuts(column.numbers[rows], labels[rows], classes)
    bins = np.searchsorted(edges, column.numbers, side="right").astype(np.int64)
    bins[missing] = len(edges) + 1
    return bins, len(edges) + 2


def _cuts(values: NDArray[np.float64], labels: NDArray[np.int32], classes: int) -> NDArray[np.float64]:
    """Where a tree of one column cuts: the best cut by Gini impurity first, at most 16 and two a class."""
    order = np.argsort(values, kind="stable")
    values, labels = values[order], labels[order]
    if not len(values):
        return np.zeros(0)
    seen = np.zeros((len(values) + 1, classes))
    seen[np.arange(1, len(values) + 1), labels] = 1.0
    seen = np.cumsum(seen, axis=0)
    smallest = max(2, len(values) // 200)
    open_: list[tuple[float, int, int, int]] = []
    edges: list[float] = []
    _push(open_, values, seen, 0, len(values), smallest)
    while open_ and len(edges) < 16 + 2 * classes:
        open_.sort()
        _, low, at, high = open_.pop()
        edges.append(float(values[at - 1] + values[at]) / 2)
        _push(open_, values, seen, low, at, smallest)
        _push(open_, values, seen, at, high, smallest)
    return np.array(sorted(edges))


def _push(
    open_: list[tuple[float, int, int, int]],
    values: NDArray[np.float64],
    seen: NDArray[np.float64],
    low: int,
    high: int,
    smallest: int,
) -> None:
    """Adds the best cut of the rows low to high, (gain, low, cut, high), where there is one."""
    if high - low < 2 * smallest:
        return
    at = np.arange(low + smallest, high - smallest + 1)
    at = at[values[at - 1] < values[at]]
    if not len(at):
        return
    left, right = seen[at] - seen[low], seen[high] - seen[at]
    whole = seen[high] - seen[low]
    # The sum of squared counts over the size is the size times one minus the Gini impurity.
    gain = (left**2).sum(1) / (at - low) + (right**2).sum(1) / (high - at) - (whole**2).sum() / (high - low)
    best = int(gain.argmax())
    if gain[best] > 1e-9:
        open_.append((float(gain[best]), low, int(at[best]), high))
