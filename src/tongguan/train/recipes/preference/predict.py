"""The trained reward model in serving: ONNX Runtime and NumPy, nothing of the training code. A model with an
encoder needs the library tokenizers besides."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.labels.base import LabelRecord
from tongguan.train.recipes.base import ModelRefused, RecipeError
from tongguan.train.recipes.facts import facts_of
from tongguan.train.recipes.language_parts.grams import Grams, known_grams
from tongguan.train.recipes.language_parts.pair_tokens import PairTokens, Tokens
from tongguan.train.recipes.model_folder import Card, read_model
from tongguan.train.recipes.onnx_guard import check_onnx
from tongguan.train.recipes.operators import ENCODER_OPERATORS
from tongguan.train.recipes.preference.features import Seen, seen, stacked
from tongguan.train.recipes.preference.marks import marks_of
from tongguan.train.recipes.runtime import open_session
from tongguan.train.recipes.sources.pairs import compared_talk, prompt_of

INPUTS = ("numbers", "weights", "plain")
ENCODED, PREFIX = "encoded", "encoder_"
"""What the encoder gives to the reward inside the graph, and how the names of its own inputs begin."""
FACT = "encoder"
"""Of the facts inside the model's file: tokenizer and length of a model with an encoder."""


class PreferencePredictor:
    """Contract of `Predictor` for `preference`: one mark for every two answers of a conversation."""

    recipe = "preference"

    def __init__(self, session: Any, card: Card, grams: Grams, tokens: PairTokens | None = None) -> None:
        self._session = session
        self._grams = grams
        self._tokens = tokens
        self.labels = card.labels
        self.threshold = card.threshold
        self.threshold_from = card.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """Conversations with answers as JSON -> which answer is better. Raises ItemUnreadable."""
        marks: list[list[LabelRecord]] = []
        for content in contents:
            talk = compared_talk(content)
            prompt = prompt_of(talk)
            rewards = [self.reward(prompt, text)[0] for _, text in talk.answers]
            keys = [key for key, _ in talk.answers]
            marks.append([*marks_of(self.labels[0], keys, np.array(rewards, dtype=np.float32))])
        return marks

    def reward(self, prompt: str, answer: str) -> NDArray[np.float32]:
        """(1,): the larger, the better; differences are log odds."""
        tokens = self._tokens.encode(prompt, answer) if self._tokens else None
        return reward_of(self._session, seen(self._grams, prompt, answer), tokens)


def reward_of(session: Any, answer: Seen, tokens: Tokens | None) -> NDArray[np.float32]:
    """(1,) of one answer at a time: what else is asked changes nothing."""
    given = dict(zip(INPUTS, stacked([answer]), strict=False))
    if tokens is not None:
        wanted = {one.name for one in session.get_inputs()}
        named = {f"{PREFIX}{name}": value for name, value in tokens.arrays().items()}
        given |= {name: value for name, value in named.items() if name in wanted}
    out: NDArray[np.float32] = session.run(None, given)[0]
    return out


def load(model: Path, card: Card) -> PreferencePredictor:
    """Opens the model after checking it. Raises ModelRefused."""
    content = read_model(model, card)
    check_onnx(content, ENCODER_OPERATORS)
    session = open_session(content)
    predictor = PreferencePredictor(session, card, known_grams(session), _tokens(session))
    try:
        rewards = [predictor.reward("", ""), predictor.reward("?", "1")]
    except Exception as error:
        raise ModelRefused("model_broken", f"the model cannot be run: {str(error)[:300]}") from error
    if any(one.shape != (1,) or not np.isfinite(one).all() for one in rewards):
        raise ModelRefused("model_shape", "the model does not give one reward an answer")
    return predictor


def _tokens(session: Any) -> PairTokens | None:
    told = facts_of(session).get(FACT)
    if told is None:
        return None
    try:
        return PairTokens(str(told["tokenizer"]), int(told["length"]))
    except RecipeError as error:
        raise ModelRefused(error.code, error.message) from error
    except (KeyError, TypeError, ValueError) as error:
        raise ModelRefused("model_foreign", f"the model's tokenizer is broken: {error}") from error
