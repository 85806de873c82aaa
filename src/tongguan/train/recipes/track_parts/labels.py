"""Between tracks in arrays, labels of the kind `track`, and what the metrics take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.formats.mot.thinning import thinned
from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.track import TrackLabel
from tongguan.catalog.labels.track.geometry import boxes_over, frames_in_view
from tongguan.catalog.metrics.tracks import Boxes, TrackItem
from tongguan.train.recipes.track_parts.tracker import Track

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def in_view(track: Track, fill: int) -> tuple[Ints, Floats]:
    """Frames in which the track is in view, and its boxes there: gaps of at most `fill` frames are bridged evenly."""
    steps = np.diff(track.frames, prepend=track.frames[0] - 1)
    every = np.arange(track.frames[0], track.frames[-1] + 1)
    after = np.searchsorted(track.frames, every)
    held = np.isin(every, track.frames) | (steps[after] - 1 <= fill)
    frames = every[held]
    boxes = np.column_stack([np.interp(frames, track.frames, track.xywh[:, at]) for at in range(4)])
    return frames, boxes


def label_of(track: Track, number: int, fill: int) -> TrackLabel:
    """As a label with keyframes where the box does not move evenly; its score is the mean of the detections'."""
    frames, boxes = in_view(track, fill)
    rounded = np.round(boxes, 2)
    keys = [
        {"frame": frame, "shape": {"kind": "box", "x": x, "y": y, "width": width, "height": height}}
        for frame, (x, y, width, height) in zip(frames.tolist(), rounded.tolist(), strict=True)
    ]
    kept = [{**one, "outside": one.get("outside", False)} for one in thinned(keys, "linear")]
    return TrackLabel.model_validate(
        {
            "label": track.label,
            "id": str(number),
            "keyframes": kept,
            "score": round(float(track.score.mean()), 6),
        }
    )


def labels_of(tracks: Sequence[Track], fill: int) -> list[LabelRecord]:
    """By falling score."""
    made = [label_of(track, at, fill) for at, track in enumerate(tracks, start=1)]
    return sorted(made, key=lambda one: -(one.score or 0.0))


def boxes_of_tracks(tracks: Sequence[Track], fill: int) -> dict[str, Boxes]:
    """What the metrics take, by label class."""
    pieces: dict[str, list[tuple[Ints, Ints, Floats, Floats]]] = {}
    for at, track in enumerate(tracks):
        frames, boxes = in_view(track, fill)
        score = np.full(len(frames), float(track.score.mean()))
        pieces.setdefault(track.label, []).append((frames, np.full(len(frames), at), boxes, score))
    return _joined(pieces)


def boxes_of_labels(labels: Iterable[LabelRecord]) -> dict[str, Boxes]:
    """Of labels of boxes over time; frames in which a label says that it does not count are left out."""
    pieces: dict[str, list[tuple[Ints, Ints, Floats, Floats]]] = {}
    for at, label in enumerate(labels):
        if not isinstance(label, TrackLabel) or label.keyframes[0].shape.kind != "box":
            continue
        frames = frames_in_view(label)
        keys = np.array([key.frame for key in label.keyframes])
        ignored = np.array([key.attributes.get("ignored") is True for key in label.keyframes])
        frames = frames[~ignored[np.searchsorted(keys, frames, "right") - 1]]
        if len(frames):
            score = np.full(len(frames), 1.0 if label.score is None else label.score)
            row = (frames, np.full(len(frames), at), boxes_over(label, frames), score)
            pieces.setdefault(label.label, []).append(row)
    return _joined(pieces)


def _joined(pieces: Mapping[str, Sequence[tuple[Ints, Ints, Floats, Floats]]]) -> dict[str, Boxes]:
    return {
        label: Boxes(*(np.concatenate([row[at] for row in rows]) for at in range(4))) for label, rows in pieces.items()
    }


def track_item(truth: Mapping[str, Boxes], tracks: Sequence[Track], fill: int) -> TrackItem:
    """One recording, as the metrics take it."""
    return TrackItem(truth, boxes_of_tracks(tracks, fill))
