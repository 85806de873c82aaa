"""The trained memory in serving: ONNX Runtime, NumPy and Pillow, nothing of the training code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.box import BoxLabel
from tongguan.catalog.labels.class_ import ClassLabel
from tongguan.train.recipes.anomaly.scoring import (
    STRIDE,
    farther,
    picture_distance,
    seen_part,
    share,
    standing_out,
)
from tongguan.train.recipes.base import LEAST_SCORE, ModelRefused
from tongguan.train.recipes.facts import facts_of
from tongguan.train.recipes.judges.oddities import ANOMALOUS, GOOD, GOOD_NAMES, RISK
from tongguan.train.recipes.letterbox import Letterboxed, letterbox
from tongguan.train.recipes.model_folder import Card, read_model
from tongguan.train.recipes.onnx_guard import check_onnx
from tongguan.train.recipes.operators import OPERATORS
from tongguan.train.recipes.runtime import open_session

LABELS = (ANOMALOUS, GOOD)


class Facts(BaseModel):
    """What the graph does not say. usual, apart: the distances of patches and of the whole picture that few good
    pictures pass; apart None where whole pictures do not count. both: how many times its usual value the larger of the
    two is where a picture counts as anomalous."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    usual: float = Field(gt=0)
    apart: float | None = Field(gt=0)
    both: float = Field(gt=0)
    good: tuple[str, ...] = Field(max_length=1_000)


class AnomalyPredictor:
    """Contract of `Predictor` for `anomaly`: good or anomalous, and boxes round what stands out. A picture that is odd
    as a whole may have none."""

    recipe = "anomaly"

    def __init__(self, session: Any, card: Card, facts: Facts) -> None:
        self._session, self._size, self._facts = session, card.size(), facts
        self.labels = card.labels
        self.threshold = card.threshold
        self.threshold_from = card.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """Bytes of pictures -> the verdict, and the regions of an anomalous one. Raises PictureUnreadable."""
        return [self._marks(letterbox(content, self._size)) for content in contents]

    def distances(self, pixels: NDArray[np.uint8]) -> tuple[NDArray[np.float32], float]:
        """uint8 (size, size, 3) -> distance from the nearest good patch, (cells, cells), and how far the picture is
        from good ones."""
        given = np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])
        near, apart = self._session.run(None, {self._session.get_inputs()[0].name: given})
        return near[0], float(apart[0])

    def _marks(self, picture: Letterboxed) -> list[LabelRecord]:
        near, apart = self.distances(picture.pixels)
        seen, facts = seen_part(near, picture), self._facts
        usual = facts.usual * facts.both
        risk = share(farther(picture_distance(seen), apart, facts.usual, facts.apart), facts.both)
        odd = risk >= self.threshold
        scores = {ANOMALOUS: round(risk, 6), GOOD: round(1 - risk, 6)}
        verdict = ClassLabel(
            label=ANOMALOUS if odd else GOOD,
            score=max(LEAST_SCORE, scores[ANOMALOUS if odd else GOOD]),
            scores=scores,
            attributes={RISK: round(risk, 6), GOOD_NAMES: list(facts.good)},
        )
        boxes = [_box(edges, share(far, usual), picture) for far, edges in standing_out(seen, usual)] if odd else []
        return sorted([verdict, *boxes], key=lambda mark: -(mark.score or 0.0))


def _box(edges: tuple[int, int, int, int], score: float, picture: Letterboxed) -> BoxLabel:
    left, right = (min(picture.width, at * STRIDE / picture.factor[0]) for at in edges[::2])
    top, bottom = (min(picture.height, at * STRIDE / picture.factor[1]) for at in edges[1::2])
    return BoxLabel(
        label=ANOMALOUS,
        x=round(left, 3),
        y=round(top, 3),
        width=round(right - left, 3),
        height=round(bottom - top, 3),
        score=round(score, 6),
    )


def load(model: Path, card: Card) -> AnomalyPredictor:
    """Opens the model after checking it. Raises ModelRefused."""
    content = read_model(model, card)
    check_onnx(content, OPERATORS)
    session = open_session(content)
    try:
        facts = Facts.model_validate(facts_of(session))
    except ValidationError as error:
        raise ModelRefused("model_foreign", f"the facts inside the model are broken: {error.errors()[0]}") from None
    _check_shape(session, card)
    return AnomalyPredictor(session, card, facts)


def _check_shape(session: Any, card: Card) -> None:
    """One input of bytes, one map of distances: seen by a run on a grey picture."""
    inputs, outputs, size = session.get_inputs(), session.get_outputs(), card.size()
    fits = len(inputs) == 1 and inputs[0].type == "tensor(uint8)" and list(inputs[0].shape[1:]) == [3, size, size]
    if not fits or len(outputs) != 2 or card.labels != LABELS:
        raise ModelRefused("model_shape", f"the model does not take one uint8 picture of 3 x {size} x {size}")
    try:
        found, apart = session.run(None, {inputs[0].name: np.full((1, 3, size, size), 127, dtype=np.uint8)})
    except Exception as error:
        raise ModelRefused("model_broken", f"the model cannot be run: {str(error)[:300]}") from error
    if found.shape != (1, size // STRIDE, size // STRIDE) or not np.isfinite(found).all() or found.min() < 0:
        raise ModelRefused("model_shape", "the model does not give a map of distances")
    if apart.shape != (1,) or not np.isfinite(apart).all() or apart.min() < 0:
        raise ModelRefused("model_shape", "the model does not say how far a picture is from good ones")
