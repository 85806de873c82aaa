"""The trained classifier of rows in serving: NumPy alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.train.recipes.base import LEAST_SCORE, MOST_MARKS
from tongguan.train.recipes.model_folder import Card
from tongguan.train.recipes.table_parts.inputs import row_of
from tongguan.train.recipes.table_parts.mixture import Mixture, load_mixture, read_parts


class TabularPredictor:
    """Contract of `Predictor`: the most probable class of each row, with the probability of every class."""

    recipe = "tabular-classification"

    def __init__(self, mixture: Mixture, card: Card) -> None:
        self._mixture = mixture
        self.labels = card.labels
        self.threshold = card.threshold
        self.threshold_from = card.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """Rows as JSON objects of cells -> one mark each. Raises ItemUnreadable."""
        if not contents:
            return []
        shares = self._mixture.probabilities(self._mixture.rows([row_of(one) for one in contents]))
        return [[class_mark(self._mixture.labels, row)] for row in shares]


def class_mark(labels: Sequence[str], shares: NDArray[np.float64]) -> ClassLabel:
    """The most probable class of one row, with the probabilities of all."""
    order = np.argsort(-shares, kind="stable")[:MOST_MARKS]
    known = {labels[at]: share(shares[at]) for at in order}
    best = int(order[0])
    return ClassLabel(label=labels[best], score=max(LEAST_SCORE, share(shares[best])), scores=known)


def share(value: float) -> float:
    """A probability as it is printed."""
    return min(1.0, max(0.0, round(float(value), 6)))


def load(model: Path, card: Card) -> TabularPredictor:
    """Opens the model after checking it. Raises ModelRefused."""
    return TabularPredictor(load_mixture(read_parts(model, card)["mixture"], card), card)
