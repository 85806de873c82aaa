"""Time series: a table with a time column."""

from __future__ import annotations

from tongguan.catalog.media.series.kind import SeriesType
from tongguan.catalog.media.series.rhythm import Rhythm, rhythm_of, time_column

__all__ = ["Rhythm", "SeriesType", "rhythm_of", "time_column"]
