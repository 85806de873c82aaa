"""cer: character error rate of what was understood."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.texts import ErrorRate, TextItem, characters


class Cer:
    """Edits per character of the truth; may be above 1."""

    id = "cer"
    task = "transcription"
    higher_is_better = False

    def prepare(self, items: Sequence[TextItem]) -> ErrorRate:
        """Counts edits once; every resample reuses them."""
        return ErrorRate(items, characters)


METRIC = Cer()
