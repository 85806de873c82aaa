"""The trained classifier of sounds in serving: ONNX Runtime, NumPy and SciPy, nothing of the training code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tongguan.catalog.labels.base import LabelRecord
from tongguan.train.recipes.base import ModelRefused
from tongguan.train.recipes.class_marks import class_mark, shares_problem
from tongguan.train.recipes.facts import facts_of
from tongguan.train.recipes.model_folder import Card, read_model
from tongguan.train.recipes.onnx_guard import check_onnx
from tongguan.train.recipes.operators import OPERATORS
from tongguan.train.recipes.runtime import open_session
from tongguan.train.recipes.sounds.bands import FLOOR, Hearing, heard_as

Warp = Annotated[float, Field(ge=0.5, le=2)]


class Facts(BaseModel):
    """How a sound becomes the input, as written into the model. warps: the voices over which answers are averaged."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rate: int = Field(ge=1_000, le=48_000)
    frames: int = Field(ge=4, le=10_000)
    bands: int = Field(ge=16, le=128)
    floor: float = Field(default=FLOOR, gt=0, le=1)
    quiet: float = Field(default=0.0, ge=0, le=100)
    paced: bool = False
    level: bool = False
    warps: tuple[Warp, ...] = Field(default=(1.0,), min_length=1, max_length=9)

    def hearing(self) -> Hearing:
        """The same as the training code uses."""
        return Hearing(self.rate, self.frames, self.bands, self.floor, self.quiet, self.paced, self.level)


class SoundPredictor:
    """Contract of `Predictor` for `sound-classification`: one mark a sound, with the probability of every class."""

    recipe = "sound-classification"

    def __init__(self, session: Any, card: Card, facts: Facts) -> None:
        self._session = session
        self._hearing, self._warps = facts.hearing(), facts.warps
        self.labels = card.labels
        self.threshold = card.threshold
        self.threshold_from = card.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """WAV files -> the most probable class of each. Raises ItemUnreadable."""
        marks: list[list[LabelRecord]] = []
        for content in contents:
            voices = heard_as(content, self._hearing, self._warps)
            marks.append([class_mark(self.labels, self.scores(voices))])
        return marks

    def scores(self, voices: NDArray[np.float32]) -> NDArray[np.float32]:
        """(voices, bands, frames) -> probability of each class, the mean over the voices."""
        given = {self._session.get_inputs()[0].name: voices[:, None]}
        out: NDArray[np.float32] = self._session.run(None, given)[0].mean(axis=0)
        return out


def load(model: Path, card: Card) -> SoundPredictor:
    """Opens the model after checking it. Raises ModelRefused."""
    content = read_model(model, card)
    check_onnx(content, OPERATORS)
    session = open_session(content)
    try:
        facts = Facts.model_validate(facts_of(session))
    except ValidationError as error:
        raise ModelRefused(
            "model_foreign", f"the model does not say how it hears: {error.errors()[0]['msg']}"
        ) from None
    predictor = SoundPredictor(session, card, facts)
    try:
        scores = predictor.scores(np.zeros((len(facts.warps), facts.bands, facts.frames), dtype=np.float32))
    except Exception as error:
        raise ModelRefused("model_broken", f"the model cannot be run: {str(error)[:300]}") from error
    problem = shares_problem(scores, len(card.labels))
    if problem:
        raise ModelRefused("model_shape", problem)
    return predictor
