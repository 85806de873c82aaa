"""The trained detector in serving: ONNX Runtime, NumPy and Pillow, nothing of the training code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.train.recipes.base import LEAST_SCORE, ModelRefused
from tongguan.train.recipes.detection.suppress import suppress
from tongguan.train.recipes.letterbox import Letterboxed, letterbox
from tongguan.train.recipes.model_folder import Card, read_model
from tongguan.train.recipes.onnx_guard import check_onnx
from tongguan.train.recipes.operators import OPERATORS
from tongguan.train.recipes.runtime import open_session


class DetectionPredictor:
    """Contract of `Predictor` for `detection`."""

    recipe = "detection"

    def __init__(self, session: Any, card: Card) -> None:
        self._session = session
        self._size = card.size()
        self._overlap = card.nms_overlap or 0.0
        self.labels = card.labels
        self.threshold = card.threshold
        self.threshold_from = card.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """Bytes of pictures -> boxes in pixels of each picture. One picture at a time, so that the answer for a picture
        never depends on its neighbours. Raises PictureUnreadable."""
        return [self._one(letterbox(content, self._size)) for content in contents]

    def cells(self, pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """uint8 (1, 3, size, size) -> boxes (cells, 4) in input pixels and scores (cells, classes)."""
        boxes, scores = self._session.run(None, {self._session.get_inputs()[0].name: pixels})
        return boxes[0], scores[0]

    def _one(self, picture: Letterboxed) -> list[LabelRecord]:
        boxes, scores = self.cells(np.ascontiguousarray(picture.pixels.transpose(2, 0, 1)[None]))
        found, label, value = suppress(boxes, scores, self._overlap)
        limit = (picture.width, picture.height) * 2
        # A cell may reach beyond the picture: the mark ends at its edge.
        pixels = np.clip(found.astype(np.float64) / (picture.factor * 2), 0, limit)
        marks: list[LabelRecord] = []
        rows = zip(pixels.tolist(), label.tolist(), value.tolist(), strict=True)
        for (left, top, right, bottom), which, score in rows:
            x, y = round(left, 3), round(top, 3)
            width, height = round(right - x, 3), round(bottom - y, 3)
            if width > 0 and height > 0:
                exact = min(1.0, max(LEAST_SCORE, round(score, 6)))
                marks.append(BoxLabel(label=self.labels[which], x=x, y=y, width=width, height=height, score=exact))
        return marks


def load(model: Path, card: Card) -> DetectionPredictor:
    """Opens the model after checking it. Raises ModelRefused."""
    if card.nms_overlap is None:
        raise ModelRefused("card_broken", f"{model}: nms_overlap is missing", path=str(model), field="nms_overlap")
    content = read_model(model, card)
    check_onnx(content, OPERATORS)
    session = open_session(content)
    _check_shape(session, card)
    return DetectionPredictor(session, card)


def _check_shape(session: Any, card: Card) -> None:
    """One input of bytes, two outputs of numbers for the labels of the card: seen by one run on a grey picture."""
    inputs, outputs = session.get_inputs(), session.get_outputs()
    size = card.size()
    fits = len(inputs) == 1 and inputs[0].type == "tensor(uint8)" and list(inputs[0].shape[1:]) == [3, size, size]
    if not fits or len(outputs) != 2:
        raise ModelRefused("model_shape", f"the model does not take one uint8 picture of 3 x {size} x {size}")
    try:
        boxes, scores = session.run(None, {inputs[0].name: np.full((1, 3, size, size), 127, dtype=np.uint8)})
    except Exception as error:
        raise ModelRefused("model_broken", f"the model cannot be run: {str(error)[:300]}") from error
    good = boxes.ndim == scores.ndim == 3 and boxes.shape[2] == 4 and boxes.shape[:2] == scores.shape[:2]
    if not good or scores.shape[2] != len(card.labels):
        message = f"the model does not give boxes and {len(card.labels)} scores per cell"
        raise ModelRefused("model_shape", message)
