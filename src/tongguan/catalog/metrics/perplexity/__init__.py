"""perplexity: among how many equally likely tokens a language model seems to choose at each step of an answer."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.answers import AnswerItem, Perplexity


class PerplexityMetric:
    """The exponential of the loss per token. Models with other tokens cannot be compared by it."""

    id = "perplexity"
    task = "answers"
    higher_is_better = False

    def prepare(self, items: Sequence[AnswerItem]) -> Perplexity:
        """Sums each item once; every resample reuses them."""
        return Perplexity(items)


METRIC = PerplexityMetric()
