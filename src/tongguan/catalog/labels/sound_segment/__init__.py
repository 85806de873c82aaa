"""Sound segment: a stretch of sound with its transcript and speaker."""

from __future__ import annotations

from tongguan.catalog.labels.sound_segment.kind import SoundSegmentKind
from tongguan.catalog.labels.sound_segment.schema import SoundSegmentLabel

__all__ = ["SoundSegmentKind", "SoundSegmentLabel"]
