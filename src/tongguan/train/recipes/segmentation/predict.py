"""The trained segmenter in serving: ONNX Runtime, NumPy and Pillow, nothing of the training code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.labels.base import LabelRecord
from tongguan.train.recipes.base import ModelRefused
from tongguan.train.recipes.letterbox import letterbox
from tongguan.train.recipes.model_folder import Card, read_model
from tongguan.train.recipes.onnx_guard import check_onnx
from tongguan.train.recipes.operators import OPERATORS
from tongguan.train.recipes.runtime import open_session
from tongguan.train.recipes.segmentation.marking import marks_of


class SegmentationPredictor:
    """Contract of `Predictor` for `segmentation`."""

    recipe = "segmentation"

    def __init__(self, session: Any, card: Card) -> None:
        self._session = session
        self._size = card.size()
        self.labels = card.labels
        self.threshold = card.threshold
        self.threshold_from = card.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """Bytes of pictures -> masks in pixels of each picture. Raises PictureUnreadable."""
        found = []
        for content in contents:
            picture = letterbox(content, self._size)
            found.append(marks_of(self.shares(picture.pixels), picture, self.labels))
        return found

    def shares(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """uint8 (size, size, 3) -> (1 + classes, size, size), background first."""
        given = np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])
        out: NDArray[np.float32] = self._session.run(None, {self._session.get_inputs()[0].name: given})[0][0]
        return out


def load(model: Path, card: Card) -> SegmentationPredictor:
    """Opens the model after checking it. Raises ModelRefused."""
    content = read_model(model, card)
    check_onnx(content, OPERATORS)
    session = open_session(content)
    _check_shape(session, card)
    return SegmentationPredictor(session, card)


def _check_shape(session: Any, card: Card) -> None:
    """One input of bytes, shares of background and the labels of the card: seen by a run on a grey picture."""
    inputs, outputs, size = session.get_inputs(), session.get_outputs(), card.size()
    fits = len(inputs) == 1 and inputs[0].type == "tensor(uint8)" and list(inputs[0].shape[1:]) == [3, size, size]
    if not fits or len(outputs) != 1:
        raise ModelRefused("model_shape", f"the model does not take one uint8 picture of 3 x {size} x {size}")
    try:
        found = session.run(None, {inputs[0].name: np.full((1, 3, size, size), 127, dtype=np.uint8)})[0]
    except Exception as error:
        raise ModelRefused("model_broken", f"the model cannot be run: {str(error)[:300]}") from error
    good = found.shape == (1, len(card.labels) + 1, size, size) and bool(np.isfinite(found).all())
    if not good or found.min() < 0 or float(np.abs(found.sum(axis=1) - 1).max()) > 1e-3:
        raise ModelRefused("model_shape", f"the model does not give shares of {len(card.labels)} classes a pixel")
