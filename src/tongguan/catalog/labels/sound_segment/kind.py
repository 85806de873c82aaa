"""The registered member: what every label kind offers, for sound_segment."""

from __future__ import annotations

from decimal import Decimal

from tongguan.catalog.labels.base import KindDefaults, LabelRecord
from tongguan.catalog.labels.sound_segment.agreement import agreement as _agreement
from tongguan.catalog.labels.sound_segment.schema import SoundSegmentLabel


class SoundSegmentKind(KindDefaults):
    """Contract of `LabelKind` for `sound_segment`."""

    id = "sound_segment"
    schema: type[LabelRecord] = SoundSegmentLabel
    title = {"en": "Sound segment", "zh": "语音片段"}
    example = {
        "kind": "sound_segment",
        "label": "speech",
        "id": "a1",
        "start": 1.25,
        "end": 3.5,
        "transcript": "把传送带停下来",
        "speaker": "甲",
    }
    many = True

    def agreement(self, first: SoundSegmentLabel, second: SoundSegmentLabel) -> float:
        """Intersection over union in time times 1 - character error rate."""
        return _agreement(first, second)

    def unit(self) -> str:
        """Seconds of sound."""
        return "second"

    def quantity(self, label: SoundSegmentLabel) -> Decimal:
        """Seconds of sound, to the millisecond."""
        return Decimal(round((label.end - label.start) * 1000)) / 1000

    def problems(self, label: SoundSegmentLabel, width: int, height: int) -> tuple[str, ...]:
        """`zero_area` for a segment without length."""
        return ("zero_area",) if label.end <= label.start else ()
