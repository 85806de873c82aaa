"""Track: one thing through the frames of a video, as keyframes with interpolation between them."""

from __future__ import annotations

from tongguan.catalog.labels.track.kind import TrackKind
from tongguan.catalog.labels.track.schema import Keyframe, TrackLabel

__all__ = ["Keyframe", "TrackKind", "TrackLabel"]
