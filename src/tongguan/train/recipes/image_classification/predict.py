"""The trained classifier in serving: ONNX Runtime, NumPy and Pillow, nothing of the training code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.train.recipes.base import LEAST_SCORE, MOST_MARKS, ModelRefused
from tongguan.train.recipes.letterbox import letterbox
from tongguan.train.recipes.model_folder import Card, read_model
from tongguan.train.recipes.onnx_guard import check_onnx
from tongguan.train.recipes.operators import OPERATORS
from tongguan.train.recipes.runtime import open_session


class ClassificationPredictor:
    """Contract of `Predictor` for `image-classification`: one mark a picture, with the probability of every class."""

    recipe = "image-classification"

    def __init__(self, session: Any, card: Card) -> None:
        self._session = session
        self.size = card.size()
        self.labels = card.labels
        self.threshold = card.threshold
        self.threshold_from = card.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """Bytes of pictures -> the most probable class of each. Raises PictureUnreadable."""
        return [[self._mark(self.scores(letterbox(content, self.size).pixels))] for content in contents]

    def scores(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """uint8 (size, size, 3) -> probability of each class."""
        given = np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])
        out: NDArray[np.float32] = self._session.run(None, {self._session.get_inputs()[0].name: given})[0][0]
        return out

    def _mark(self, scores: NDArray[np.float32]) -> ClassLabel:
        order = np.argsort(-scores, kind="stable")[:MOST_MARKS]
        known = {self.labels[at]: _share(scores[at]) for at in order}
        best = int(order[0])
        return ClassLabel(label=self.labels[best], score=max(LEAST_SCORE, _share(scores[best])), scores=known)


def _share(value: float) -> float:
    return min(1.0, max(0.0, round(float(value), 6)))


def load(model: Path, card: Card) -> ClassificationPredictor:
    """Opens the model after checking it. Raises ModelRefused."""
    content = read_model(model, card)
    check_onnx(content, OPERATORS)
    session = open_session(content)
    _check_shape(session, card)
    return ClassificationPredictor(session, card)


def _check_shape(session: Any, card: Card) -> None:
    """One input of bytes, one output of probabilities for the labels of the card: seen by a run on a grey picture."""
    inputs, outputs = session.get_inputs(), session.get_outputs()
    size = card.size()
    fits = len(inputs) == 1 and inputs[0].type == "tensor(uint8)" and list(inputs[0].shape[1:]) == [3, size, size]
    if not fits or len(outputs) != 1:
        raise ModelRefused("model_shape", f"the model does not take one uint8 picture of 3 x {size} x {size}")
    try:
        scores = session.run(None, {inputs[0].name: np.full((1, 3, size, size), 127, dtype=np.uint8)})[0]
    except Exception as error:
        raise ModelRefused("model_broken", f"the model cannot be run: {str(error)[:300]}") from error
    good = scores.shape == (1, len(card.labels)) and bool(np.isfinite(scores).all())
    if not good or abs(float(scores.sum()) - 1) > 1e-3 or scores.min() < 0:
        raise ModelRefused("model_shape", f"the model does not give probabilities of {len(card.labels)} classes")
