"""Answers of a language model: what its loss on the written answers is, beside what it would answer itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tongguan.catalog.metrics.base import Floats, Marks
from tongguan.catalog.metrics.classes import ratio
from tongguan.catalog.metrics.texts import characters

ANSWER = "answer"
"""The label class under which an answer is counted."""


@dataclass(frozen=True, slots=True)
class AnswerItem:
    """One conversation. loss: sum of -ln p over the tokens of its written answers, in nats; tokens: how many.

    truth: the answer that stands after the last question, found: the model's own, score: how sure it is, 0 to 1.
    """

    loss: float
    tokens: float
    truth: str = ""
    found: str = ""
    score: float = 0.0

    def marks(self) -> Marks:
        """One answer, right where it is the written one, blanks aside."""
        right = characters(self.truth) == characters(self.found)
        given = ((ANSWER, self.score, right),) if self.found else ()
        return Marks((ANSWER,) if self.truth else (), given)


class TokenLoss:
    """Loss over tokens, summed over items first. No figure per label class."""

    labels: tuple[str, ...] = ()

    def __init__(self, items: Sequence[AnswerItem]) -> None:
        self._sums: Floats = np.array([[item.loss, item.tokens] for item in items], dtype=float).reshape(-1, 2)

    def per_class(self, weights: Floats) -> Floats:
        """One column: nats per token; not defined where nothing was answered."""
        sums = weights @ self._sums
        return ratio(sums[:, 0], sums[:, 1])[:, None]

    def overall(self, per_class: Floats) -> Floats:
        """That column."""
        return per_class[:, 0]


class Perplexity(TokenLoss):
    """The exponential of the loss per token (Jelinek and others 1977)."""

    def overall(self, per_class: Floats) -> Floats:
        """e to the power of that column."""
        return np.exp(per_class[:, 0])
