"""Grades on an ordered scale: how far the answer is from the truth, and how much better than chance it agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tongguan.catalog.metrics.base import Floats
from tongguan.catalog.metrics.classes import ClassItem, ratio


@dataclass(frozen=True, slots=True)
class GradeItem(ClassItem):
    """place and answer: of the true and the answered grade on a scale of `grades` places, from 0; -1 where a grade is
    not on it, which counts as the farthest mistake."""

    place: int = -1
    answer: int = -1
    grades: int = 2

    def away(self) -> int:
        """Places between truth and answer."""
        return self.grades - 1 if min(self.place, self.answer) < 0 else abs(self.place - self.answer)


class Away:
    """Mean over items of what their distance is worth, by true grade and for all; the last column is that of all."""

    def __init__(self, items: Sequence[GradeItem], worth: Sequence[float]) -> None:
        self.labels: tuple[str, ...] = tuple(sorted({item.truth for item in items}))
        number = {name: at for at, name in enumerate(self.labels)}
        self._under: Floats = np.zeros((len(items), len(self.labels) + 1))
        for at, item in enumerate(items):
            self._under[at, [number[item.truth], -1]] = 1
        self._over: Floats = self._under * np.asarray(worth, dtype=float).reshape(-1, 1)

    def per_class(self, weights: Floats) -> Floats:
        """By grade, then of all."""
        return ratio(weights @ self._over, weights @ self._under)

    def overall(self, per_class: Floats) -> Floats:
        """The last column."""
        return per_class[:, -1]


class WeightedKappa:
    """Cohen's kappa with quadratic weights (Cohen 1968): 1 - sum(w O) / sum(w E), w = squared distance, O the counts of
    (truth, answer), E what they would be by chance with the same sums of rows and columns. 0 is chance, 1 perfect."""

    labels: tuple[str, ...] = ()

    def __init__(self, items: Sequence[GradeItem]) -> None:
        self._grades = max((item.grades for item in items), default=2)
        hot = np.zeros((2, len(items), self._grades))
        for at, item in enumerate(items):
            if min(item.place, item.answer) < 0:
                hot[0, at, 0] = hot[1, at, -1] = 1
            else:
                hot[0, at, item.place] = hot[1, at, item.answer] = 1
        self._hot = hot
        self._squared: Floats = np.array([float(item.away() ** 2) for item in items])

    def per_class(self, weights: Floats) -> Floats:
        """One column: kappa; nan where chance would be perfect too, as with one grade alone."""
        truth, answer = weights @ self._hot[0], weights @ self._hot[1]
        places = np.arange(self._grades)
        distance = ((places[:, None] - places[None, :]) ** 2).astype(float)
        chance = ratio(np.einsum("rt,ta,ra->r", truth, distance, answer), weights.sum(axis=1))
        return (1 - ratio(weights @ self._squared, chance))[:, None]

    def overall(self, per_class: Floats) -> Floats:
        """That column."""
        return per_class[:, 0]
