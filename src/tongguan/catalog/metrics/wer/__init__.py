"""wer: word error rate of what was understood."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.texts import ErrorRate, TextItem, words


class Wer:
    """Edits per word of the truth; may be above 1."""

    id = "wer"
    task = "transcription"
    higher_is_better = False

    def prepare(self, items: Sequence[TextItem]) -> ErrorRate:
        """Counts edits once; every resample reuses them."""
        return ErrorRate(items, words)


METRIC = Wer()
