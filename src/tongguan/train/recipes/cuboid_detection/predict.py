"""The trained detector in serving: ONNX Runtime, NumPy and SciPy, nothing of the training code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tongguan.catalog.labels.base import LabelRecord
from tongguan.train.recipes.base import ModelRefused
from tongguan.train.recipes.cloud_parts.above import CHANNELS, STRIDE, Area, ground_of, seen_from_above
from tongguan.train.recipes.cloud_parts.clouds import points_of
from tongguan.train.recipes.cloud_parts.decoding import NUMBERS, cuboids_of
from tongguan.train.recipes.facts import facts_of
from tongguan.train.recipes.model_folder import Card, read_model
from tongguan.train.recipes.onnx_guard import check_onnx
from tongguan.train.recipes.operators import OPERATORS
from tongguan.train.recipes.runtime import open_session

Floats = NDArray[np.float32]


class Facts(BaseModel):
    """How a cloud becomes the input, as written into the model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    left: float = Field(ge=-1e4, le=1e4, allow_inf_nan=False)
    near: float = Field(ge=-1e4, le=1e4, allow_inf_nan=False)
    columns: int = Field(ge=8, le=4_000, multiple_of=8)
    rows: int = Field(ge=8, le=4_000, multiple_of=8)
    cell: float = Field(ge=0.05, le=2)
    overlap: float = Field(ge=0, le=1)

    def area(self) -> Area:
        """The same as the training code uses."""
        return Area(self.left, self.near, self.columns, self.rows, self.cell)


class CuboidPredictor:
    """Contract of `Predictor` for `cuboid-detection`."""

    recipe = "cuboid-detection"

    def __init__(self, session: Any, card: Card, facts: Facts) -> None:
        self._session = session
        self._area, self._overlap = facts.area(), facts.overlap
        self.labels = card.labels
        self.threshold = card.threshold
        self.threshold_from = card.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """PCD, PLY, LAS or KITTI BIN -> cuboids by falling score. Raises ItemUnreadable."""
        return [self._one(content) for content in contents]

    def _one(self, content: bytes) -> list[LabelRecord]:
        points = points_of(content)
        ground = ground_of(points, self._area)
        heat, numbers = self.answer(seen_from_above(points, self._area, ground)[None])
        return list(cuboids_of(heat[0], numbers[0], self._area, ground, self.labels, self._overlap))

    def answer(self, grids: Floats) -> tuple[Floats, Floats]:
        """(n, CHANNELS, rows, columns) -> heat (n, K, rows / 2, columns / 2), numbers (n, 9, ...)."""
        heat, numbers = self._session.run(None, {self._session.get_inputs()[0].name: grids})
        return heat, numbers


def load(model: Path, card: Card) -> CuboidPredictor:
    """Opens the model after checking it. Raises ModelRefused."""
    content = read_model(model, card)
    check_onnx(content, OPERATORS)
    session = open_session(content)
    try:
        facts = Facts.model_validate(facts_of(session))
    except ValidationError as error:
        raise ModelRefused(
            "model_foreign", f"the model does not say how it looks: {error.errors()[0]['msg']}"
        ) from None
    predictor = CuboidPredictor(session, card, facts)
    try:
        heat, numbers = predictor.answer(np.zeros((1, CHANNELS, facts.rows, facts.columns), dtype=np.float32))
    except Exception as error:
        raise ModelRefused("model_broken", f"the model cannot be run: {str(error)[:300]}") from error
    room = (facts.rows // STRIDE, facts.columns // STRIDE)
    if heat.shape != (1, len(card.labels), *room) or numbers.shape != (1, NUMBERS, *room):
        raise ModelRefused("model_shape", f"the model answers {heat.shape} and {numbers.shape}")
    if not np.isfinite(numbers).all() or not ((heat >= 0) & (heat <= 1)).all():
        raise ModelRefused("model_shape", "the model answers heat outside 0 to 1, or numbers that are none")
    return predictor
