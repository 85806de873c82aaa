"""One answer for a whole item against the true label class: counts behind accuracy, F1 and calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.metrics.base import Floats
from tongguan.catalog.metrics.boxes import Operating

BINS = 15


@dataclass(frozen=True, slots=True)
class ClassItem:
    """truth: the label class that people gave. found: the model's answer, None where it gave none; score: how sure it
    was of it, 0 to 1."""

    truth: str
    found: str | None
    score: float


class Answers:
    """Items as arrays. labels: the label classes of the truth, sorted; an answer outside of them is always wrong."""

    def __init__(self, items: Sequence[ClassItem]) -> None:
        self.labels: tuple[str, ...] = tuple(sorted({item.truth for item in items}))
        number = {label: at for at, label in enumerate(self.labels)}
        self.truth = np.array([number[item.truth] for item in items], dtype=np.int64)
        self.found = np.array([number.get(item.found or "", -1) for item in items], dtype=np.int64)
        self.right: NDArray[np.float64] = (self.truth == self.found).astype(float)
        self.score = np.array([item.score for item in items], dtype=float)

    def one_hot(self, which: NDArray[np.int64]) -> Floats:
        """(items,) -> (items, labels), zeros for -1."""
        hot: Floats = (which[:, None] == np.arange(len(self.labels))[None, :]).astype(float)
        return hot


class Recalls:
    """Accuracy, with the recall of each label class. The last column is the accuracy itself."""

    def __init__(self, items: Sequence[ClassItem]) -> None:
        self._answers = Answers(items)
        self.labels = self._answers.labels

    def per_class(self, weights: Floats) -> Floats:
        """Recall per label class, then accuracy."""
        truth = self._answers.one_hot(self._answers.truth)
        hits = weights @ (truth * self._answers.right[:, None])
        recall = ratio(hits, weights @ truth)
        return np.column_stack([recall, ratio(weights @ self._answers.right, weights.sum(axis=1))])

    def overall(self, per_class: Floats) -> Floats:
        """The last column."""
        return per_class[:, -1]


class Harmonics:
    """F1 of each label class of the truth: 2 hits / (given + answered). Overall their mean, each class alike."""

    def __init__(self, items: Sequence[ClassItem]) -> None:
        self._answers = Answers(items)
        self.labels = self._answers.labels

    def per_class(self, weights: Floats) -> Floats:
        """F1 per label class; not defined where a resample holds no item of the class."""
        truth, found = self._answers.one_hot(self._answers.truth), self._answers.one_hot(self._answers.found)
        given, answered = weights @ truth, weights @ found
        f1 = ratio(2 * (weights @ (truth * found)), given + answered)
        f1[given == 0] = np.nan
        return f1

    def overall(self, per_class: Floats) -> Floats:
        """Mean over the classes that are there."""
        there = ~np.isnan(per_class)
        return ratio(np.where(there, per_class, 0.0).sum(axis=1), there.sum(axis=1).astype(float))


class Calibration:
    """Expected calibration error: over bins of the score, the mean distance of score and share right (Guo et al. 2017,
    "On Calibration of Modern Neural Networks"), 15 bins of equal width. No figure per label class."""

    labels: tuple[str, ...] = ()

    def __init__(self, items: Sequence[ClassItem]) -> None:
        answers = Answers(items)
        bins = np.clip(np.ceil(answers.score * BINS).astype(np.int64) - 1, 0, BINS - 1)
        hot = (bins[:, None] == np.arange(BINS)[None, :]).astype(float)
        self._distance: Floats = hot * (answers.right - answers.score)[:, None]

    def per_class(self, weights: Floats) -> Floats:
        """One column: the error."""
        distance = np.abs(weights @ self._distance).sum(axis=1)
        return ratio(distance, weights.sum(axis=1))[:, None]

    def overall(self, per_class: Floats) -> Floats:
        """That column."""
        return per_class[:, 0]


def ratio(over: Floats, under: Floats) -> Floats:
    """over / under, nan where nothing is below the line."""
    out = np.full(np.shape(over), np.nan)
    np.divide(over, under, out=out, where=under > 0)
    return out


def answering_point(items: Sequence[ClassItem], threshold: float | None = None) -> Operating:
    """An answer counts from `threshold` on, or from the score with the best F1. Precision: share of the answers that
    are right; recall: share of all items answered rightly."""
    if not items:
        return Operating(0.5 if threshold is None else threshold, 0.0, 0.0, 0.0)
    answers = Answers(items)
    order = np.argsort(-answers.score, kind="stable")
    score, right = answers.score[order], np.cumsum(answers.right[order])
    seen = np.arange(1, len(order) + 1)
    f1 = 2 * right / (seen + len(order))
    if threshold is None:
        last_of_score = np.append(score[1:] != score[:-1], True)
        if not (last_of_score & (f1 > 0)).any():
            return Operating(0.5, 0.0, 0.0, 0.0)
        at = int(np.argmax(np.where(last_of_score, f1, -1.0)))
        threshold = float(score[at] + (score[at + 1] if at + 1 < len(score) else 0.0)) / 2
    else:
        at = int(np.searchsorted(-score, -threshold, side="right")) - 1
        if at < 0:
            return Operating(threshold, 0.0, 0.0, 0.0)
    return Operating(threshold, float(right[at] / seen[at]), float(right[at] / len(order)), float(f1[at]))
