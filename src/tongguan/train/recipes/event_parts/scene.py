"""Tracks of a recording laid out over its frames: where each thing is, how fast, and geometry of zones and lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.track_parts.detections import Facts
from tongguan.train.recipes.track_parts.labels import in_view
from tongguan.train.recipes.track_parts.tracker import Track

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
SPEED_SECONDS = 0.8
"""A speed is measured over so long."""


@dataclass(frozen=True, eq=False)
class Thing:
    """One track over all frames. first: its first frame; view (n,): in view from there on; boxes (n, 4) in pixels, gaps
    bridged evenly; score: mean of its detections."""

    number: int
    label: str
    first: int
    view: Bools
    boxes: Floats
    score: float
    text: dict[str, list[str]]
    point: str

    @property
    def span(self) -> slice:
        """Its frames."""
        return slice(self.first, self.first + len(self.view))

    @cached_property
    def places(self) -> Floats:
        """Its point (n, 2) in pixels."""
        down = 1.0 if self.point == "foot" else 0.5
        return self.boxes[:, :2] + self.boxes[:, 2:] * [0.5, down]

    def speed(self, rate: float) -> Floats:
        """Pixels a second (n,), over SPEED_SECONDS around each frame."""
        reach = max(1, round(SPEED_SECONDS * rate / 2))
        at = np.arange(len(self.view))
        low, high = np.maximum(at - reach, 0), np.minimum(at + reach, len(at) - 1)
        moved = np.hypot(*(self.places[high] - self.places[low]).T)
        return np.asarray(moved / np.maximum(high - low, 1) * rate)


def things_of(tracks: Sequence[Track], fill: int, point: str) -> list[Thing]:
    """Tracks as things, numbered from 1 as `labels_of` numbers them."""
    things = []
    for number, track in enumerate(tracks, start=1):
        frames, _ = in_view(track, fill)
        first, last = int(track.frames[0]), int(track.frames[-1])
        every = np.arange(first, last + 1)
        boxes = np.column_stack([np.interp(every, track.frames, track.xywh[:, at]) for at in range(4)])
        held = np.searchsorted(track.frames, every, "right") - 1
        text = {name: [values[at] for at in held.tolist()] for name, values in track.text.items()}
        score = float(track.score.mean())
        things.append(Thing(number, track.label, first, np.isin(every, frames), boxes, score, text, point))
    return things


@dataclass(frozen=True, slots=True)
class Space:
    """From the units of a file of rules to pixels."""

    units: str
    facts: Facts

    def points(self, given: Sequence[tuple[float, float]]) -> Floats:
        """Places (n, 2)."""
        scale = [self.facts.width, self.facts.height] if self.units == "fraction" else [1.0, 1.0]
        return np.asarray(given, dtype=float) * scale

    def length(self, given: float) -> float:
        """A length or speed."""
        return given * self.facts.width if self.units == "fraction" else given


def depth_in(places: Floats, polygon: Floats) -> Floats:
    """How deep each place (n, 2) lies in a polygon (m, 2), in pixels: below 0 outside. Edges by the even-odd rule."""
    ends = np.roll(polygon, -1, axis=0)
    edge = ends - polygon
    offset = places[:, None] - polygon[None]
    length = np.maximum((edge**2).sum(axis=1), 1e-12)
    share = np.clip((offset * edge[None]).sum(axis=2) / length[None], 0, 1)
    near = np.hypot(*(offset - share[..., None] * edge[None]).transpose(2, 0, 1)).min(axis=1)
    x, y = places[:, :1], places[:, 1:]
    spans = (polygon[None, :, 1] > y) != (ends[None, :, 1] > y)
    drop = np.where(np.abs(edge[:, 1]) > 1e-12, edge[:, 1], 1.0)
    cut = polygon[None, :, 0] + (y - polygon[None, :, 1]) * (edge[:, 0] / drop)[None]
    odd = (spans & (x < cut)).sum(axis=1) % 2 == 1
    return np.asarray(np.where(odd, near, -near))


def crossings(places: Floats, line: Floats, band: float, direction: str) -> list[int]:
    """Frames at which a path (n, 2) has passed a line (2, 2): it was on one side by more than `band` pixels and is on
    the other by more than that; the frame is the first on the new side."""
    along = line[1] - line[0]
    length = max(1e-9, float(np.hypot(*along)))
    offset = places - line[0]
    side = (along[0] * offset[:, 1] - along[1] * offset[:, 0]) / length
    share = (offset @ along) / length**2
    found: list[int] = []
    sure = np.flatnonzero(np.abs(side) > band)
    for before, after in zip(sure[:-1].tolist(), sure[1:].tolist(), strict=True):
        if (side[before] > 0) == (side[after] > 0):
            continue
        between = np.arange(before, after + 1)
        at = int(between[np.flatnonzero((side[between] > 0) == (side[after] > 0))[0]])
        moved = places[after] - places[before]
        if -0.02 <= share[at] <= 1.02 and _goes(moved, direction):
            found.append(at)
    return found


def _goes(moved: Floats, direction: str) -> bool:
    ways = {"left": -moved[0], "right": moved[0], "up": -moved[1], "down": moved[1]}
    return direction == "any" or bool(ways[direction] > 0)


def lies_on(others: Floats, boxes: Floats, part: str) -> Bools:
    """For boxes (n, 4) row by row whether the middle of the other lies on it, or on its upper third; some slack."""
    middle = others[:, :2] + others[:, 2:] / 2
    low = boxes[:, :2] - 0.1 * boxes[:, 2:]
    high = boxes[:, :2] + boxes[:, 2:] * ([1.1, 1.1] if part == "whole" else [1.1, 0.35])
    return np.asarray(((middle >= low) & (middle <= high)).all(axis=1))
