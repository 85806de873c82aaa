"""Where a track is at a frame: interpolation between keyframes, frames in view, extent."""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import Any

import numpy as np
import numpy.typing as npt

from tongguan.catalog.labels.base import Bounds
from tongguan.catalog.labels.coordinates import Floats
from tongguan.catalog.labels.track.schema import Keyframe, TrackLabel
from tongguan.catalog.labels.track.shapes import SHAPES

Frames = npt.NDArray[np.int64]

# Angles move the shorter way round: a full turn in the unit of each field.
_TURN = {"angle": 360.0, "yaw": 2 * math.pi, "pitch": 2 * math.pi, "roll": 2 * math.pi}


def frames_in_view(label: TrackLabel) -> Frames:
    """Numbers of the frames in which it is in view, from the first to the last keyframe."""
    pieces = []
    for before, after in zip(label.keyframes, [*label.keyframes[1:], None], strict=True):
        if not before.outside:
            pieces.append(np.arange(before.frame, after.frame if after else before.frame + 1, dtype=np.int64))
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int64)


def keyframe_before(label: TrackLabel, frame: int) -> int | None:
    """Number of the last keyframe at or before a frame; None before the first and after the last."""
    if not label.keyframes[0].frame <= frame <= label.keyframes[-1].frame:
        return None
    return bisect_right(label.keyframes, frame, key=lambda each: each.frame) - 1


def shape_at(label: TrackLabel, frame: int) -> Any:
    """The shape at a frame; None where it is not in view.

    Between two keyframes in view every number moves evenly, an angle the shorter way round. Points move one by one
    where both have equally many; else, and for masks, the shape stays as it was until the next keyframe.
    """
    place = keyframe_before(label, frame)
    if place is None or label.keyframes[place].outside:
        return None
    before = label.keyframes[place]
    if before.frame == frame or label.between == "hold":
        return before.shape
    after = label.keyframes[place + 1]
    return before.shape if after.outside else _between(before, after, frame)


def _between(before: Keyframe, after: Keyframe, frame: int) -> Any:
    if before.shape.kind == "mask":
        return before.shape
    share = (frame - before.frame) / (after.frame - before.frame)
    one, other = before.shape.model_dump(), after.shape.model_dump()
    moved = {key: _mix(value, other.get(key), share, _TURN.get(key)) for key, value in one.items()}
    return type(before.shape).model_construct(None, **type(before.shape).model_validate(moved).__dict__)


def _mix(one: Any, other: Any, share: float, turn: float | None = None) -> Any:
    """Numbers mixed, lists one by one where equally long, anything else as it was."""
    if isinstance(one, float) and isinstance(other, (int, float)):
        way = other - one
        if turn is not None:
            way -= turn * round(way / turn)
        return one + share * way
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: _mix(value, other.get(key), share) for key, value in one.items()}
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)) and len(one) == len(other):
        return [_mix(a, b, share) for a, b in zip(one, other, strict=True)]
    return one


def boxes_over(label: TrackLabel, frames: Frames) -> Floats:
    """x, y, width and height (N, 4) of a track of boxes at frames in which it is in view, all at once."""
    keys = np.array([each.frame for each in label.keyframes], dtype=np.int64)
    values = np.array([(s.x, s.y, s.width, s.height) for s in (each.shape for each in label.keyframes)])  # type: ignore[union-attr]
    place = np.searchsorted(keys, frames, side="right") - 1
    if label.between == "hold":
        return np.asarray(values[place])
    after = np.minimum(place + 1, len(keys) - 1)
    outside = np.array([each.outside for each in label.keyframes])
    after = np.where(outside[after], place, after)
    step = np.maximum(keys[after] - keys[place], 1)
    share = ((frames - keys[place]) / step)[:, None]
    return np.asarray(np.where(share == 0, values[place], values[place] + share * (values[after] - values[place])))


def bounds(label: TrackLabel) -> Bounds | None:
    """Upright rectangle round it in all frames; None where it is never in view, or lies in no picture."""
    found = [SHAPES[each.shape.kind].bounds(each.shape) for each in label.keyframes if not each.outside]
    boxes = [each for each in found if each is not None]
    if not boxes:
        return None
    left, top = min(each.x for each in boxes), min(each.y for each in boxes)
    right, bottom = max(each.x + each.width for each in boxes), max(each.y + each.height for each in boxes)
    return Bounds(x=left, y=top, width=right - left, height=bottom - top)


def problems(label: TrackLabel, width: int, height: int) -> tuple[str, ...]:
    """What one of its shapes in view fails, each check once."""
    found: dict[str, None] = {}
    for each in label.keyframes:
        if not each.outside:
            found |= dict.fromkeys(SHAPES[each.shape.kind].problems(each.shape, width, height))
    return tuple(found)
