"""The trained tagger in serving: ONNX Runtime and NumPy, nothing of the training code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.span import SpanLabel
from tongguan.train.recipes.base import LEAST_SCORE, MOST_MARKS, ModelRefused
from tongguan.train.recipes.characters import decoded
from tongguan.train.recipes.facts import facts_of
from tongguan.train.recipes.model_folder import Card, read_model
from tongguan.train.recipes.onnx_guard import check_onnx
from tongguan.train.recipes.operators import OPERATORS
from tongguan.train.recipes.runtime import open_session
from tongguan.train.recipes.span_extraction.chain import spans
from tongguan.train.recipes.span_extraction.features import FEATURES, Seen, Vocabulary, pieces
from tongguan.train.recipes.span_extraction.tags import Span, tag_count

INPUTS = ("features", "characters", "pairs")
MOST_OFF = 1e-6


class SpanPredictor:
    """Contract of `Predictor` for `span-extraction`: spans that do not overlap, each with its probability.

    What is below the operating threshold is not listed: which spans stand in a text is decided there.
    """

    recipe = "span-extraction"

    def __init__(self, session: Any, card: Card, vocabulary: Vocabulary, weights: Sequence[float]) -> None:
        """weights: of the field alone and of each network in the mean of their probabilities."""
        self._session = session
        self._vocabulary = vocabulary
        self.weights = tuple(weights)
        self.labels = card.labels
        self.threshold = card.threshold
        self.threshold_from = card.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """Texts in UTF-8 -> their spans. Raises ItemUnreadable for bytes that are none."""
        return [self._marks(decoded(content)) for content in contents]

    def found(self, text: str, least: float) -> list[tuple[Span, float]]:
        """Spans with probability >= `least`, none over another, most probable first. Offsets in code points."""
        out = []
        for place, piece in pieces(text):
            if piece:
                emissions, moves = self.scores(self._vocabulary.see(piece))
                for (start, end, label), probability in spans(emissions, moves, self.labels, least, self.weights):
                    out.append(((place + start, place + end, label), probability))
        return sorted(out, key=lambda one: (-one[1], one[0]))

    def scores(self, seen: Seen) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(chains, T, tags) and (chains, tags + 2, tags): scores of tags and of transitions, the field first."""
        given = {"features": seen.features, "characters": seen.characters, "pairs": seen.pairs}
        emissions, moves = self._session.run(None, {name: given[name][None] for name in INPUTS})
        return emissions.astype(np.float64), moves.astype(np.float64)

    def _marks(self, text: str) -> list[LabelRecord]:
        marks: list[LabelRecord] = []
        for (start, end, label), probability in self.found(text, max(LEAST_SCORE, self.threshold))[:MOST_MARKS]:
            score = min(1.0, max(LEAST_SCORE, round(probability, 6)))
            marks.append(SpanLabel(label=label, start=start, end=end, text=text[start:end], score=score))
        return marks


def load(model: Path, card: Card) -> SpanPredictor:
    """Opens the model after checking it. Raises ModelRefused."""
    content = read_model(model, card)
    check_onnx(content, OPERATORS)
    session = open_session(content)
    try:
        facts = facts_of(session)
        vocabulary, weights = Vocabulary.from_json(facts), [float(one) for one in facts["weights"]]
        if not weights or min(weights) < 0 or abs(sum(weights) - 1) > MOST_OFF:
            raise ValueError("weights that add up to 1 are wanted")
    except (KeyError, TypeError, ValueError) as error:
        raise ModelRefused("model_foreign", f"the model's vocabulary is broken: {error}") from error
    predictor = SpanPredictor(session, card, vocabulary, weights)
    _check_shape(session, predictor)
    return predictor


def _check_shape(session: Any, predictor: SpanPredictor) -> None:
    """Three inputs of whole numbers, scores of tags and of transitions: seen by a run on four strange characters."""
    if {one.name for one in session.get_inputs()} != set(INPUTS) or len(session.get_outputs()) != 2:
        raise ModelRefused("model_shape", f"the model does not take {', '.join(INPUTS)} of a text")
    seen = Seen(np.zeros((4, FEATURES), dtype=np.int64), np.ones(4, dtype=np.int64), np.ones(4, dtype=np.int64))
    try:
        emissions, moves = predictor.scores(seen)
    except Exception as error:
        raise ModelRefused("model_broken", f"the model cannot be run: {str(error)[:300]}") from error
    tags = tag_count(predictor.labels)
    chains = len(predictor.weights)
    good = emissions.shape == (chains, 4, tags) and moves.shape == (chains, tags + 2, tags)
    if not good or not (np.isfinite(emissions).all() and np.isfinite(moves).all()):
        raise ModelRefused("model_shape", f"the model does not give scores of {tags} tags and of their transitions")
