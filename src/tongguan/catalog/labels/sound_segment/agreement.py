"""Agreement of two sound segments: overlap in time times likeness of the transcripts."""

from __future__ import annotations

from tongguan.catalog.labels import stretch, text
from tongguan.catalog.labels.sound_segment.schema import SoundSegmentLabel


def agreement(first: SoundSegmentLabel, second: SoundSegmentLabel) -> float:
    """Intersection over union in time, times 1 - character error rate where one of them has a transcript.

    0 for another label class or channel. Names of speakers do not count: each person makes up their own.
    """
    if (first.label, first.channel) != (second.label, second.channel):
        return 0.0
    overlap = stretch.iou((first.start, first.end), (second.start, second.end))
    return overlap * text.likeness(first.transcript, second.transcript) if overlap > 0 else 0.0
