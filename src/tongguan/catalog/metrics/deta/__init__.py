"""deta: the part of HOTA that says how well things are found."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.tracks import TrackFigure, TrackItem, detection_accuracy


class DetA:
    """Detection accuracy of HOTA."""

    id = "deta"
    task = "tracking"
    higher_is_better = True

    def prepare(self, items: Sequence[TrackItem]) -> TrackFigure:
        """Matches once; every resample reuses the counts."""
        return TrackFigure(items, detection_accuracy)


METRIC = DetA()
