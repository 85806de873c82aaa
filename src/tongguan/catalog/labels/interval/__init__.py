"""Interval: a stretch of a time series or of a video, such as a fault or an event."""

from __future__ import annotations

from tongguan.catalog.labels.interval.kind import IntervalKind
from tongguan.catalog.labels.interval.schema import IntervalLabel

__all__ = ["IntervalKind", "IntervalLabel"]
