"""mota: share of drawn boxes left over after misses, false boxes and switches."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.tracks import TrackFigure, TrackItem, mota


class Mota:
    """MOTA at an overlap of 0.5."""

    id = "mota"
    task = "tracking"
    higher_is_better = True

    def prepare(self, items: Sequence[TrackItem]) -> TrackFigure:
        """Matches once; every resample reuses the counts."""
        return TrackFigure(items, mota)


METRIC = Mota()
