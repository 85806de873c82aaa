"""hota: how well things are found and followed in one figure."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.tracks import TrackFigure, TrackItem, hota


class Hota:
    """HOTA at the overlaps 0.05 to 0.95 (Luiten et al. 2021)."""

    id = "hota"
    task = "tracking"
    higher_is_better = True

    def prepare(self, items: Sequence[TrackItem]) -> TrackFigure:
        """Matches once; every resample reuses the counts."""
        return TrackFigure(items, hota)


METRIC = Hota()
