"""Boxes found against boxes drawn: matches by the COCO rules, cached, and average precision from them.

The rules are those of the COCO evaluation (Lin et al. 2014 and its reference code): within one item and one label class
the predictions are taken by falling score, each takes the free truth with the largest overlap that reaches the
threshold; precision is read at 101 recalls from its upper envelope. Equal overlaps: the later truth wins, as there.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.metrics.base import Floats

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Overlap = Callable[[Floats, Floats], Floats]
"""Rows of what was found and of what was drawn, pair by pair -> their overlap in [0, 1]."""

MAX_DETECTIONS = 100
MOST_CELLS = 4_000_000
"""Resamples times predictions that are held at once."""
# Ranges of areas in square pixels, as in the COCO evaluation.
AREAS = {"small": (0.0, 32.0**2), "medium": (32.0**2, 96.0**2), "large": (96.0**2, 1e10)}
RECALLS = np.linspace(0.0, 1.0, 101)


@dataclass(frozen=True, slots=True)
class BoxItem:
    """One picture: what was drawn, truth (M, 4), and what a model found, (N, 4) with scores (N,).

    Boxes are x, y, width, height in pixels, each with its label class.
    """

    truth: Floats
    truth_labels: Sequence[str]
    found: Floats
    found_labels: Sequence[str]
    scores: Floats


@dataclass(frozen=True, slots=True)
class ShapeItem:
    """One picture whose labels are no boxes: overlap (N, M) of what a model found with what was drawn, with the label
    classes of both and scores (N,)."""

    truth_labels: Sequence[str]
    found_labels: Sequence[str]
    scores: Floats
    overlap: Floats


@dataclass(frozen=True, slots=True)
class Matches:
    """All predictions of a set of items, with what each one hit.

    labels: the label classes, sorted. item, label, score: one entry per prediction, (N,). hits: (thresholds, N), true
    where the prediction took a truth at that overlap. truths: (items, classes) number of drawn boxes. ignored:
    (thresholds, N), true where a prediction counts neither way because it belongs to another range of areas.
    """

    labels: tuple[str, ...]
    thresholds: tuple[float, ...]
    item: Ints
    label: Ints
    score: Floats
    hits: Bools
    truths: Floats
    ignored: Bools | None = None


def overlaps(first: Floats, second: Floats) -> Floats:
    """Intersection over union of row i of `first` and row i of `second`, both (P, 4) as x, y, width, height -> (P,)."""
    left = np.maximum(first[:, 0], second[:, 0])
    top = np.maximum(first[:, 1], second[:, 1])
    right = np.minimum(first[:, 0] + first[:, 2], second[:, 0] + second[:, 2])
    bottom = np.minimum(first[:, 1] + first[:, 3], second[:, 1] + second[:, 3])
    shared = np.clip(right - left, 0, None) * np.clip(bottom - top, 0, None)
    union = first[:, 2] * first[:, 3] + second[:, 2] * second[:, 3] - shared
    ratio: Floats = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return ratio


def _listed(items: Sequence[ShapeItem]) -> tuple[list[BoxItem], Overlap]:
    """Shapes as rows that hold their place in one table of overlaps, so that they are matched as boxes are."""
    table = np.concatenate([np.asarray(one.overlap, dtype=float).ravel() for one in items] or [np.zeros(0)])
    rows, begin = [], 0
    for one in items:
        found, drawn = len(one.found_labels), len(one.truth_labels)
        places = np.zeros((found, 4)), np.zeros((drawn, 4))
        places[0][:, 0] = begin + np.arange(found) * drawn
        places[1][:, 0] = np.arange(drawn)
        rows.append(BoxItem(places[1], one.truth_labels, places[0], one.found_labels, one.scores))
        begin += found * drawn
    return rows, lambda first, second: table[(first[:, 0] + second[:, 0]).astype(np.int64)]


def match(
    items: Sequence[BoxItem | ShapeItem], thresholds: Sequence[float], area: tuple[float, float] | None = None
) -> Matches:
    """Matches every prediction of every item at each overlap threshold (at most 100 predictions an item and class).

    area: (least, most) in square pixels, both included. Drawn boxes outside are not asked for: who finds one is
    ignored, and so is a prediction outside that finds nothing (the COCO rule for small, medium and large);
    only for boxes.
    """
    shapes = [one for one in items if isinstance(one, ShapeItem)]
    boxes, overlap = _listed(shapes) if shapes else ([one for one in items if isinstance(one, BoxItem)], overlaps)
    return _matched(boxes, thresholds, area, overlap)


def _matched(
    items: Sequence[BoxItem], thresholds: Sequence[float], area: tuple[float, float] | None, overlap: Overlap
) -> Matches:
    labels = tuple(sorted({name for one in items for name in (*one.truth_labels, *one.found_labels)}))
    number = {name: at for at, name in enumerate(labels)}
    truth, truth_cell = _flat([one.truth for one in items], [one.truth_labels for one in items], number)
    found, found_cell = _flat([one.found for one in items], [one.found_labels for one in items], number)
    score = np.concatenate([np.asarray(one.scores, dtype=float).reshape(-1) for one in items] or [np.zeros(0)])
    if len(score) != len(found):
        raise ValueError("each predicted box needs one score")
    order = np.lexsort((np.arange(len(score)), -score, found_cell))
    found, found_cell, score = found[order], found_cell[order], score[order]
    rank = np.arange(len(score)) - np.searchsorted(found_cell, found_cell, side="left")
    keep = rank < MAX_DETECTIONS
    found, found_cell, score, rank = found[keep], found_cell[keep], score[keep], rank[keep]
    truth_order = np.argsort(truth_cell, kind="stable")
    truth, truth_cell = truth[truth_order], truth_cell[truth_order]
    asked = np.ones(len(truth), dtype=bool) if area is None else _inside(truth, area)
    hits, elsewhere = _take(found, found_cell, rank, truth, truth_cell, asked, tuple(thresholds), overlap)
    classes = max(1, len(labels))
    truths = np.bincount(truth_cell[asked], minlength=len(items) * classes).astype(float).reshape(len(items), classes)
    item, label = np.divmod(found_cell, classes)
    ignored = None if area is None else elsewhere | (~hits & ~_inside(found, area)[None, :])
    return Matches(labels, tuple(thresholds), item, label, score, hits, truths[:, : len(labels)], ignored)


def _inside(boxes: Floats, area: tuple[float, float]) -> Bools:
    size = boxes[:, 2] * boxes[:, 3]
    inside: Bools = (size >= area[0]) & (size <= area[1])
    return inside


def _flat(boxes: list[Floats], names: list[Sequence[str]], number: dict[str, int]) -> tuple[Floats, Ints]:
    """All boxes one below the other, with the cell (item, class) of each as one number."""
    classes = max(1, len(number))
    cells = [at * classes + number[name] for at, row in enumerate(names) for name in row]
    flat = np.concatenate([np.asarray(one, dtype=float).reshape(-1, 4) for one in boxes] or [np.zeros((0, 4))])
    if len(flat) != len(cells):
        raise ValueError("each box needs one label class")
    return flat, np.asarray(cells, dtype=np.int64)


def _take(
    found: Floats,
    cell: Ints,
    rank: Ints,
    truth: Floats,
    truth_cell: Ints,
    asked: Bools,
    thresholds: tuple[float, ...],
    measure: Overlap,
) -> tuple[Bools, Bools]:
    """Greedy matching of all cells at once: round r handles the r-th prediction of every cell.

    found is sorted by cell and falling score, truth by cell. A truth that is asked for goes before one that is not,
    whatever the overlap. Returns (thresholds, predictions) twice: took a truth asked for, took another one.
    """
    hits = np.zeros((2, len(thresholds), len(found)), dtype=bool)
    first = np.searchsorted(truth_cell, cell, side="left")
    count = np.searchsorted(truth_cell, cell, side="right") - first
    pair_found = np.repeat(np.arange(len(found)), count)
    offset = np.arange(len(pair_found)) - np.repeat(np.cumsum(count) - count, count)
    pair_truth = np.repeat(first, count) + offset
    overlap = measure(found[pair_found], truth[pair_truth])
    near = overlap >= min(thresholds, default=1.0)
    pair_found, pair_truth, overlap = pair_found[near], pair_truth[near], overlap[near]
    order = np.lexsort((pair_truth, overlap, asked[pair_truth], pair_found, rank[pair_found]))
    pair_found, pair_truth, overlap = pair_found[order], pair_truth[order], overlap[order]
    rounds = rank[pair_found]
    edges = np.flatnonzero(np.diff(rounds, prepend=-1, append=-1))
    free = np.ones((len(thresholds), len(truth)), dtype=bool)
    for start, stop in itertools.pairwise(edges):
        who, which, how = pair_found[start:stop], pair_truth[start:stop], overlap[start:stop]
        for at, threshold in enumerate(thresholds):
            open_ = np.flatnonzero((how >= threshold) & free[at, which])
            last = open_[np.diff(who[open_], append=-1) != 0]
            hits[np.where(asked[which[last]], 0, 1), at, who[last]] = True
            free[at, which[last]] = False
    return hits[0], hits[1]


class PrecisionCurve:
    """Average precision per label class and its mean, for any weights on the items, from cached matches."""

    def __init__(self, matches: Matches) -> None:
        self.matches = matches
        self.labels = self.matches.labels
        order = np.lexsort((np.arange(len(self.matches.score)), -self.matches.score, self.matches.label))
        bounds = np.searchsorted(self.matches.label[order], np.arange(len(self.labels) + 1))
        self._of_class = [order[bounds[at] : bounds[at + 1]] for at in range(len(self.labels))]

    def per_class(self, weights: Floats) -> Floats:
        """(R, items) -> (R, classes): 101-point average precision, mean over the thresholds, nan without truth."""
        truths = weights @ self.matches.truths
        out = np.full((len(weights), len(self.labels)), np.nan)
        for at, index in enumerate(self._of_class):
            defined = np.flatnonzero(truths[:, at] > 0)
            step = max(1, MOST_CELLS // max(1, len(index)))
            for start in range(0, len(defined), step):
                rows = defined[start : start + step]
                out[rows, at] = self._class(weights[rows], truths[rows, at], index)
        return out

    def overall(self, per_class: Floats) -> Floats:
        """Mean over the classes that have truth; nan where none has."""
        there = ~np.isnan(per_class)
        total = np.where(there, per_class, 0.0).sum(axis=1)
        mean = np.full(len(per_class), np.nan)
        np.divide(total, there.sum(axis=1), out=mean, where=there.any(axis=1))
        return mean

    def _class(self, weights: Floats, truths: Floats, index: Ints) -> Floats:
        """Only hits can raise recall, so the curve is read at hits; a prediction of weight w counts as w copies."""
        drawn = weights[:, self.matches.item[index]]
        seen = np.cumsum(drawn, axis=1)
        total = np.zeros(len(weights))
        for level, hits in enumerate(self.matches.hits):
            at = np.flatnonzero(hits[index])
            if not len(at):
                continue
            if self.matches.ignored is not None:
                seen = np.cumsum(drawn * ~self.matches.ignored[level, index], axis=1)
            right = np.cumsum(drawn[:, at], axis=1)
            all_ = seen[:, at]
            precision = np.divide(right, all_, out=np.zeros_like(right), where=all_ > 0)
            envelope = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
            reached = np.searchsorted(RECALLS, right / truths[:, None], side="right")
            # A recall of 0 is reached before the first hit, whatever its weight.
            steps = np.diff(np.minimum(reached, len(RECALLS)), axis=1, prepend=0)
            total += (envelope * steps).sum(axis=1) / len(RECALLS)
        return total / len(self.matches.hits)


class AveragePrecision(PrecisionCurve):
    """The same of boxes."""

    def __init__(
        self, items: Sequence[BoxItem | ShapeItem], thresholds: Sequence[float], area: tuple[float, float] | None = None
    ) -> None:
        super().__init__(match(items, thresholds, area))


@dataclass(frozen=True, slots=True)
class Operating:
    """Counts at the score with the best F1: threshold, precision, recall, f1."""

    threshold: float
    precision: float
    recall: float
    f1: float


def operating_point(matches: Matches, threshold: float | None = None) -> Operating:
    """Precision, recall and F1 at `threshold`, or at the cut with the best F1 (all classes together, first overlap).

    Matching takes predictions by falling score, so cutting at a score leaves the matches above it unchanged.
    """
    order = np.argsort(-matches.score, kind="stable")
    score, hit = matches.score[order], matches.hits[0][order]
    truths = float(matches.truths.sum())
    right, seen = np.cumsum(hit), np.arange(1, len(hit) + 1)
    f1 = 2 * right / np.maximum(seen + truths, 1.0)
    if threshold is None:
        last_of_score = np.append(score[1:] != score[:-1], True) if len(score) else np.zeros(0, dtype=bool)
        if not (last_of_score & (f1 > 0)).any():
            return Operating(0.5, 0.0, 0.0, 0.0)
        at = int(np.argmax(np.where(last_of_score, f1, -1.0)))
        # Half way to the next lower score: the counts are the same, and new items are less likely to fall between.
        threshold = float(score[at] + (score[at + 1] if at + 1 < len(score) else 0.0)) / 2
    else:
        at = int(np.searchsorted(-score, -threshold, side="right")) - 1
        if at < 0:
            return Operating(threshold, 0.0, 0.0, 0.0)
    recall = float(right[at] / truths) if truths else 0.0
    return Operating(threshold, float(right[at] / seen[at]), recall, float(f1[at]))
