"""The trained reward model in serving: ONNX Runtime and NumPy, nothing of the training code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.labels.base import LabelRecord
from tongguan.train.recipes.base import ModelRefused
from tongguan.train.recipes.language_parts.grams import Grams, known_grams
from tongguan.train.recipes.model_folder import Card, read_model
from tongguan.train.recipes.onnx_guard import check_onnx
from tongguan.train.recipes.operators import OPERATORS
from tongguan.train.recipes.preference.features import PLAIN, Seen, seen, stacked
from tongguan.train.recipes.preference.marks import marks_of
from tongguan.train.recipes.runtime import open_session
from tongguan.train.recipes.sources.pairs import compared_talk, prompt_of

INPUTS = ("numbers", "weights", "plain")


class PreferencePredictor:
    """Contract of `Predictor` for `preference`: one mark for every two answers of a conversation."""

    recipe = "preference"

    def __init__(self, session: Any, card: Card, grams: Grams) -> None:
        self._session = session
        self._grams = grams
        self.labels = card.labels
        self.threshold = card.threshold
        self.threshold_from = card.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """Conversations with answers as JSON -> which answer is better. Raises ItemUnreadable."""
        marks: list[list[LabelRecord]] = []
        for content in contents:
            talk = compared_talk(content)
            prompt = prompt_of(talk)
            rewards = [self.rewards([seen(self._grams, prompt, text)])[0] for _, text in talk.answers]
            keys = [key for key, _ in talk.answers]
            marks.append([*marks_of(self.labels[0], keys, np.array(rewards, dtype=np.float32))])
        return marks

    def rewards(self, answers: Sequence[Seen]) -> NDArray[np.float32]:
        """(n,): the larger, the better; differences are log odds."""
        out: NDArray[np.float32] = self._session.run(None, dict(zip(INPUTS, stacked(answers), strict=True)))[0]
        return out


def load(model: Path, card: Card) -> PreferencePredictor:
    """Opens the model after checking it. Raises ModelRefused."""
    content = read_model(model, card)
    check_onnx(content, OPERATORS)
    session = open_session(content)
    grams = known_grams(session)
    predictor = PreferencePredictor(session, card, grams)
    nothing = Seen((np.zeros(2, dtype=np.int64), np.zeros(2, np.float32)), np.zeros(len(PLAIN), np.float32))
    try:
        rewards = predictor.rewards([nothing, nothing])
    except Exception as error:
        raise ModelRefused("model_broken", f"the model cannot be run: {str(error)[:300]}") from error
    if rewards.shape != (2,) or not np.isfinite(rewards).all():
        raise ModelRefused("model_shape", "the model does not give one reward an answer")
    return predictor
