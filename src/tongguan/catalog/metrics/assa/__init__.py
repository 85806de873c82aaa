"""assa: the part of HOTA that says how well what was found is followed."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.tracks import TrackFigure, TrackItem, association_accuracy


class AssA:
    """Association accuracy of HOTA."""

    id = "assa"
    task = "tracking"
    higher_is_better = True

    def prepare(self, items: Sequence[TrackItem]) -> TrackFigure:
        """Matches once; every resample reuses the counts."""
        return TrackFigure(items, association_accuracy)


METRIC = AssA()
