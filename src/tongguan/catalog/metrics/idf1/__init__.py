"""idf1: F1 of boxes under the best assignment of whole tracks."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.tracks import TrackFigure, TrackItem, idf1


class Idf1:
    """IDF1 at an overlap of 0.5."""

    id = "idf1"
    task = "tracking"
    higher_is_better = True

    def prepare(self, items: Sequence[TrackItem]) -> TrackFigure:
        """Matches once; every resample reuses the counts."""
        return TrackFigure(items, idf1)


METRIC = Idf1()
