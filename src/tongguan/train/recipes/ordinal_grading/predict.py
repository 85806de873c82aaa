"""The trained grader in serving: ONNX Runtime, NumPy and Pillow, nothing of the training code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tongguan.catalog.labels.base import LabelRecord
from tongguan.train.recipes.image_classification.predict import ClassificationPredictor
from tongguan.train.recipes.image_classification.predict import load as load_classifier
from tongguan.train.recipes.letterbox import letterbox
from tongguan.train.recipes.model_folder import Card
from tongguan.train.recipes.ordinal_grading.scale import grade_mark


class GradingPredictor:
    """Contract of `Predictor` for `ordinal-grading`: one mark a picture, with the chance of every grade in order."""

    recipe = "ordinal-grading"

    def __init__(self, inner: ClassificationPredictor) -> None:
        self._inner = inner
        self.labels = inner.labels
        self.threshold = inner.threshold
        self.threshold_from = inner.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """Bytes of pictures -> the grade of each. Raises PictureUnreadable."""
        found: list[list[LabelRecord]] = []
        for content in contents:
            shares = self._inner.scores(letterbox(content, self._inner.size).pixels).astype(np.float64)
            found.append([grade_mark(self.labels, shares)])
        return found


def load(model: Path, card: Card) -> GradingPredictor:
    """Opens the model after checking it: a graph with one probability for each label class of the card, in the order of
    the scale. Raises ModelRefused."""
    return GradingPredictor(load_classifier(model, card))
