"""The trained classifier of texts in serving: ONNX Runtime and NumPy, nothing of the training code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.labels.base import LabelRecord
from tongguan.train.recipes.base import ModelRefused
from tongguan.train.recipes.characters import decoded
from tongguan.train.recipes.class_marks import class_mark, shares_problem
from tongguan.train.recipes.language_parts.grams import Grams, known_grams
from tongguan.train.recipes.model_folder import Card, read_model
from tongguan.train.recipes.onnx_guard import check_onnx
from tongguan.train.recipes.operators import OPERATORS
from tongguan.train.recipes.runtime import open_session

INPUTS = ("numbers", "weights")


class TextPredictor:
    """Contract of `Predictor` for `text-classification`: one mark a text, with the probability of every class."""

    recipe = "text-classification"

    def __init__(self, session: Any, card: Card, grams: Grams) -> None:
        self._session = session
        self._grams = grams
        self.labels = card.labels
        self.threshold = card.threshold
        self.threshold_from = card.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """Texts in UTF-8 -> the most probable class of each. Raises ItemUnreadable."""
        marks: list[list[LabelRecord]] = []
        for content in contents:
            numbers, weights = self._grams.weigh(decoded(content))
            marks.append([class_mark(self.labels, self.scores(numbers, weights))])
        return marks

    def scores(self, numbers: NDArray[np.int64], weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """(k,) twice -> probability of each class."""
        given = dict(zip(INPUTS, (numbers[None], weights[None]), strict=True))
        out: NDArray[np.float32] = self._session.run(None, given)[0][0]
        return out


def load(model: Path, card: Card) -> TextPredictor:
    """Opens the model after checking it. Raises ModelRefused."""
    content = read_model(model, card)
    check_onnx(content, OPERATORS)
    session = open_session(content)
    grams = known_grams(session)
    predictor = TextPredictor(session, card, grams)
    try:
        scores = predictor.scores(np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.float32))
    except Exception as error:
        raise ModelRefused("model_broken", f"the model cannot be run: {str(error)[:300]}") from error
    problem = shares_problem(scores, len(card.labels))
    if problem:
        raise ModelRefused("model_shape", problem)
    return predictor
