"""Between every frame (files of MOT) and keyframes (tracks here): nothing is lost on the way, and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tongguan.catalog.labels.track import TrackLabel
from tongguan.catalog.labels.track.geometry import shape_at

# Pixels: two digits more than a file of MOT is usually written with.
TOLERANCE = 2e-4
EDGES = ("x", "y", "width", "height")


def thinned(frames: list[dict[str, Any]], between: str) -> list[dict[str, Any]]:
    """Leaves out frames that lie evenly between their neighbours; a frame that is missing ends the view."""
    whole: list[dict[str, Any]] = []
    for one in frames:
        if whole and one["frame"] > whole[-1]["frame"] + 1:
            last = whole[-1]
            whole.append({**last, "frame": last["frame"] + 1, "outside": True})
        whole.append(one)
    kept: list[dict[str, Any]] = []
    for at, one in enumerate(whole):
        if 0 < at < len(whole) - 1 and _needless(kept[-1], whole[at - 1], one, whole[at + 1], between):
            continue
        kept.append(one)
    return kept


def _needless(
    kept: dict[str, Any], before: dict[str, Any], one: dict[str, Any], after: dict[str, Any], between: str
) -> bool:
    if one.get("outside") or after.get("outside") or one.get("attributes") != kept.get("attributes"):
        return False
    if between == "hold":
        return bool(one["shape"] == kept["shape"])
    if kept.get("outside") or after["frame"] != one["frame"] + 1 or one["frame"] != before["frame"] + 1:
        return False
    return all(
        abs(before["shape"][edge] + after["shape"][edge] - 2 * one["shape"][edge]) <= TOLERANCE for edge in EDGES
    )


def every_frame(label: TrackLabel) -> Iterator[tuple[int, Any, Any]]:
    """(frame, shape, keyframe that holds) of each frame in view."""
    frames = label.keyframes
    for at, keyframe in enumerate(frames):
        end = frames[at + 1].frame if at + 1 < len(frames) else keyframe.frame + 1
        if keyframe.outside:
            continue
        for frame in range(keyframe.frame, end):
            shape = keyframe.shape if frame == keyframe.frame else shape_at(label, frame)
            if shape is not None:
                yield frame, shape, keyframe
