"""event_f1: F1 of events, matched by their stretch of time."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.catalog.metrics.events import EventF1, EventItem


class EventOverlapF1:
    """F1 at an overlap of 0.5 in time, or both ends within a second."""

    id = "event_f1"
    task = "events"
    higher_is_better = True

    def prepare(self, items: Sequence[EventItem]) -> EventF1:
        """Matches once; every resample reuses the counts."""
        return EventF1(items)


METRIC = EventOverlapF1()
