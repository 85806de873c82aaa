"""The trained screening in serving: NumPy alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.train.recipes.base import LEAST_SCORE, ModelRefused
from tongguan.train.recipes.judges.screening import MERGE, NEGATIVE, RISK
from tongguan.train.recipes.model_folder import Card
from tongguan.train.recipes.table_parts.inputs import row_of
from tongguan.train.recipes.table_parts.mixture import Mixture, load_mixture, read_parts
from tongguan.train.recipes.tabular_classification.predict import share

Floats = NDArray[np.float64]


class ScreeningPredictor:
    """Contract of `Predictor`: one mark a row, the decision at the threshold. Positive: the most probable class, with
    the risk as score; negative: the negative class, with 1 - risk. `scores` holds the probability of every class."""

    recipe = "tabular-screening"

    def __init__(
        self, detector: Mixture, organ: Mixture | None, negative: str, merge: Mapping[str, str], card: Card
    ) -> None:
        self._detector, self._organ = detector, organ
        self._negative, self._merge = negative, merge
        self.labels = card.labels
        self.threshold = card.threshold
        self.threshold_from = card.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """Rows as JSON objects of cells -> one mark each. Raises ItemUnreadable."""
        if not contents:
            return []
        cells = [row_of(one) for one in contents]
        risk = self._detector.probabilities(self._detector.rows(cells))[:, 1]
        names: tuple[str, ...]
        if self._organ is None:
            positive = next(label for label in self.labels if label != self._negative)
            names, organs = (positive,), np.ones((len(cells), 1))
        else:
            names, organs = self._organ.labels, self._organ.probabilities(self._organ.rows(cells))
        return [[self._mark(float(one), names, row)] for one, row in zip(risk, organs, strict=True)]

    def _mark(self, risk: float, names: Sequence[str], organs: Floats) -> ClassLabel:
        called = risk >= self.threshold
        best = named(names, organs, self._merge)
        scores = {self._negative: share(1 - risk)}
        scores |= {name: share(risk * value) for name, value in zip(names, organs, strict=True)}
        return ClassLabel(
            label=best if called else self._negative,
            score=max(LEAST_SCORE, share(risk if called else 1 - risk)),
            scores=scores,
            attributes={
                NEGATIVE: self._negative,
                RISK: risk,
                MERGE: [f"{name}={shared}" for name, shared in self._merge.items()],
            },
        )


def named(names: Sequence[str], organs: Floats, merge: Mapping[str, str]) -> str:
    """The most probable class of those that count as one and together are the most probable."""
    together: dict[str, float] = {}
    for name, value in zip(names, organs, strict=True):
        together[merge.get(name, name)] = together.get(merge.get(name, name), 0.0) + float(value)
    best = max(together, key=lambda one: (together[one], one))
    inside = [(float(value), name) for name, value in zip(names, organs, strict=True) if merge.get(name, name) == best]
    return max(inside)[1]


def load(model: Path, card: Card) -> ScreeningPredictor:
    """Opens the model after checking it. Raises ModelRefused."""
    raw = read_parts(model, card)
    merge = raw.get("merge")
    negative = raw.get("negative")
    if not isinstance(merge, dict) or not isinstance(negative, str) or not isinstance(raw.get("detector"), dict):
        raise ModelRefused("model_broken", "the file holds no screening")
    both = card.model_copy(update={"labels": ("negative", "positive")})
    detector = load_mixture(raw["detector"], both)
    organ = load_mixture(raw["organ"], card) if raw.get("organ") else None
    if len(detector.labels) != 2:
        raise ModelRefused("model_shape", "the detector tells positive from negative")
    names = {str(name): str(shared) for name, shared in merge.items()}
    return ScreeningPredictor(detector, organ, negative, names, card)
