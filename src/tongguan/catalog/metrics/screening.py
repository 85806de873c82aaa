"""One row of a screening: is it positive, and if so of which class. Counts behind sensitivity, specificity and so on.

Top-1 of the organ counts among positives that were called positive, as in Cohen et al. (Science 2018).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.metrics.base import Floats
from tongguan.catalog.metrics.classes import Calibration, ClassItem, ratio


@dataclass(frozen=True, slots=True)
class ScreenItem(ClassItem):
    """truth and found: label classes, `negative` for nothing found. risk: how sure the model is that it is positive, 0
    to 1. merge: classes that count as one where the organ is judged, by the name they share. of: the name by which
    figures are parted, where it is not `truth`."""

    negative: str = ""
    risk: float = 0.0
    merge: Mapping[str, str] = field(default_factory=dict)
    of: str = ""

    def name(self) -> str:
        """By which figures are parted."""
        return self.of or self.truth

    def is_positive(self) -> bool:
        """Whether people say so."""
        return self.truth != self.negative

    def called(self) -> bool:
        """Whether the model says so."""
        return self.found is not None and self.found != self.negative

    def organ(self) -> str:
        """The true class, merged."""
        return self.merge.get(self.truth, self.truth)

    def right_organ(self) -> bool:
        """Whether the model names it."""
        return self.merge.get(self.found or "", self.found) == self.organ()


class Shares:
    """Share of items in `under` that are in `over`, by class and for all; the last column is the share of all."""

    def __init__(
        self,
        items: Sequence[ScreenItem],
        under: Callable[[ScreenItem], bool],
        over: Callable[[ScreenItem], bool],
        name: Callable[[ScreenItem], str],
    ) -> None:
        counted = np.array([under(item) for item in items], dtype=bool)
        self.labels: tuple[str, ...] = tuple(
            sorted({name(item) for item, one in zip(items, counted, strict=True) if one})
        )
        number = {label: at for at, label in enumerate(self.labels)}
        self._under: Floats = np.zeros((len(items), len(self.labels) + 1))
        for at, item in enumerate(items):
            if counted[at]:
                self._under[at, number[name(item)]] = 1
                self._under[at, -1] = 1
        self._over: Floats = self._under * np.array([float(over(item)) for item in items])[:, None]

    def per_class(self, weights: Floats) -> Floats:
        """Share per class, then of all."""
        return ratio(weights @ self._over, weights @ self._under)

    def overall(self, per_class: Floats) -> Floats:
        """The last column."""
        return per_class[:, -1]


class RankArea:
    """Area under the ROC curve: the chance that a positive has a higher risk than a negative, ties half.

    Mann-Whitney; Hanley and McNeil 1982. For weights w: the sum over positives of w times (the weight of negatives
    below + half of that of equal ones), divided by the weight of all pairs.
    """

    labels: tuple[str, ...] = ()

    def __init__(self, risk: Sequence[float], positive: Sequence[bool]) -> None:
        values = np.asarray(risk, dtype=float)
        self._order = np.argsort(values, kind="stable")
        ranked = values[self._order]
        self._positive: NDArray[np.float64] = np.asarray(positive, dtype=float)[self._order]
        self._starts = np.searchsorted(ranked, ranked, side="left")
        self._ends = np.searchsorted(ranked, ranked, side="right")

    def per_class(self, weights: Floats) -> Floats:
        """One column: the area; nan without positives or without negatives."""
        drawn = weights[:, self._order]
        negatives = drawn * (1 - self._positive)
        below = np.concatenate([np.zeros((len(drawn), 1)), np.cumsum(negatives, axis=1)], axis=1)
        under = (below[:, self._starts] + below[:, self._ends]) / 2
        positives = drawn * self._positive
        pairs = positives.sum(axis=1) * negatives.sum(axis=1)
        return ratio((positives * under).sum(axis=1), pairs)[:, None]

    def overall(self, per_class: Floats) -> Floats:
        """That column."""
        return per_class[:, 0]


def calibration_of(items: Sequence[ScreenItem]) -> Calibration:
    """Of the risk: how far it is from the share that is positive."""
    return Calibration(
        [
            ClassItem(
                "positive" if item.is_positive() else "negative",
                "positive" if item.risk >= 0.5 else "negative",
                max(item.risk, 1 - item.risk),
            )
            for item in items
        ]
    )
