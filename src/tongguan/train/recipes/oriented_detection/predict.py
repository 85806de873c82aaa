"""The trained detector of turned boxes in serving: ONNX Runtime, NumPy and Pillow, nothing of the training code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tongguan.catalog.labels.base import LabelRecord
from tongguan.train.recipes.base import ModelRefused
from tongguan.train.recipes.letterbox import letterbox
from tongguan.train.recipes.model_folder import Card, read_model
from tongguan.train.recipes.onnx_guard import check_onnx
from tongguan.train.recipes.operators import OPERATORS
from tongguan.train.recipes.oriented_detection.marking import marks_of
from tongguan.train.recipes.runtime import open_session


class OrientedPredictor:
    """Contract of `Predictor` for `oriented-detection`."""

    recipe = "oriented-detection"

    def __init__(self, session: Any, card: Card) -> None:
        self._session = session
        self._size = card.size()
        self._overlap = card.nms_overlap or 0.0
        self.labels = card.labels
        self.threshold = card.threshold
        self.threshold_from = card.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """Bytes of pictures -> turned boxes in pixels of each picture. Raises PictureUnreadable."""
        found = []
        for content in contents:
            picture = letterbox(content, self._size)
            given = np.ascontiguousarray(picture.pixels.transpose(2, 0, 1)[None])
            boxes, scores = self._session.run(None, {self._session.get_inputs()[0].name: given})
            found.append(marks_of(boxes[0], scores[0], self._overlap, picture, self.labels))
        return found


def load(model: Path, card: Card) -> OrientedPredictor:
    """Opens the model after checking it. Raises ModelRefused."""
    if card.nms_overlap is None:
        raise ModelRefused("card_broken", f"{model}: nms_overlap is missing", path=str(model), field="nms_overlap")
    content = read_model(model, card)
    check_onnx(content, OPERATORS)
    session = open_session(content)
    _check_shape(session, card)
    return OrientedPredictor(session, card)


def _check_shape(session: Any, card: Card) -> None:
    """One input of bytes, two outputs of numbers for the labels of the card: seen by one run on a grey picture."""
    inputs, outputs, size = session.get_inputs(), session.get_outputs(), card.size()
    fits = len(inputs) == 1 and inputs[0].type == "tensor(uint8)" and list(inputs[0].shape[1:]) == [3, size, size]
    if not fits or len(outputs) != 2:
        raise ModelRefused("model_shape", f"the model does not take one uint8 picture of 3 x {size} x {size}")
    try:
        boxes, scores = session.run(None, {inputs[0].name: np.full((1, 3, size, size), 127, dtype=np.uint8)})
    except Exception as error:
        raise ModelRefused("model_broken", f"the model cannot be run: {str(error)[:300]}") from error
    good = boxes.ndim == scores.ndim == 3 and boxes.shape[2] == 6 and boxes.shape[:2] == scores.shape[:2]
    if not good or scores.shape[2] != len(card.labels):
        raise ModelRefused(
            "model_shape", f"the model does not give turned boxes and {len(card.labels)} scores per cell"
        )
