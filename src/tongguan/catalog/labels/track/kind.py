"""The registered member: what every label kind offers, for track."""

from __future__ import annotations

from decimal import Decimal

from tongguan.catalog.labels.base import Bounds, KindDefaults, LabelRecord
from tongguan.catalog.labels.track import geometry
from tongguan.catalog.labels.track.agreement import agreement as _agreement
from tongguan.catalog.labels.track.schema import TrackLabel


class TrackKind(KindDefaults):
    """Contract of `LabelKind` for `track`."""

    id = "track"
    schema: type[LabelRecord] = TrackLabel
    title = {"en": "Track", "zh": "视频轨迹"}
    example = {
        "kind": "track",
        "label": "person",
        "id": "v1",
        "keyframes": [
            {"frame": 0, "shape": {"kind": "box", "x": 10.0, "y": 20.0, "width": 30.0, "height": 60.0}},
            {
                "frame": 25,
                "shape": {"kind": "box", "x": 60.0, "y": 22.0, "width": 30.0, "height": 60.0},
                "occluded": True,
            },
        ],
    }
    geometric = True
    sized = True
    many = True

    def bounds(self, label: TrackLabel) -> Bounds | None:
        """Upright rectangle round it."""
        return geometry.bounds(label)

    def problems(self, label: TrackLabel, width: int, height: int) -> tuple[str, ...]:
        """Ids of the checks that it fails in a picture of width x height pixels."""
        return geometry.problems(label, width, height)

    def agreement(self, first: TrackLabel, second: TrackLabel) -> float:
        """HOTA of the one against the other (Luiten et al. 2021)."""
        return _agreement(first, second)

    def unit(self) -> str:
        """Keyframes."""
        return "keyframe"

    def quantity(self, label: TrackLabel) -> Decimal:
        """Keyframes that somebody set."""
        return Decimal(len(label.keyframes))
