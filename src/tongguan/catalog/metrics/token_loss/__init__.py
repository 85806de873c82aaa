"""token_loss: how far the written answers are from what a language model expects, per token."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.answers import AnswerItem, TokenLoss


class TokenLossMetric:
    """Nats per token of the assistant's turns. Models with other tokens cannot be compared by it."""

    id = "token_loss"
    task = "answers"
    higher_is_better = False

    def prepare(self, items: Sequence[AnswerItem]) -> TokenLoss:
        """Sums each item once; every resample reuses them."""
        return TokenLoss(items)


METRIC = TokenLossMetric()
