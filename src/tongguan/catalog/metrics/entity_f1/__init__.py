"""entity_f1: F1 of marked stretches of text, exact in start, end and label class, over all classes together."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.spans import SpanF1, SpanItem


class EntityF1:
    """Micro F1 of spans; per label class its own F1."""

    id = "entity_f1"
    task = "spans"
    higher_is_better = True

    def prepare(self, items: Sequence[SpanItem]) -> SpanF1:
        """Counts once; every resample reuses the counts."""
        return SpanF1(items)


METRIC = EntityF1()
