"""From detections of the frames to tracks: two stages of association, as in SORT and ByteTrack.

Bewley et al. (2016), "Simple Online and Realtime Tracking": Kalman filter and assignment by overlap. Zhang et al.
(2022), "ByteTrack": detections of low score continue tracks that the others left open, and never begin one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tongguan.train.recipes.track_parts.association import assign, camera_shift, overlap_table
from tongguan.train.recipes.track_parts.detections import Detections
from tongguan.train.recipes.track_parts.motion import Motion
from tongguan.train.recipes.track_parts.params import TrackerSettings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One thing. frames (n,) in which it was seen, in order; xywh (n, 4) in pixels; score (n,); `text`: attributes, one
    value a frame."""

    label: str
    frames: Ints
    xywh: Floats
    score: Floats
    text: dict[str, tuple[str, ...]] = field(default_factory=dict)


def follow(found: Detections, settings: TrackerSettings) -> list[Track]:
    """All tracks of a recording, in order of their first frame."""
    tracker = _Tracker(settings)
    edges = np.searchsorted(found.frame, np.arange(found.facts.frames + 1))
    centred = np.column_stack([found.xywh[:, :2] + found.xywh[:, 2:] / 2, found.xywh[:, 2:]])
    for frame in range(found.facts.frames):
        rows = np.arange(edges[frame], edges[frame + 1])
        tracker.see(frame, rows, centred[rows], found.label[rows], found.score[rows])
    tracks = [_track(found, rows, settings) for rows in tracker.finished() if len(rows) >= settings.least]
    return sorted(tracks, key=lambda one: (int(one.frames[0]), one.label, one.xywh[0].tolist()))


def given_tracks(found: Detections) -> list[Track]:
    """The tracks of detections that were followed already."""
    keys = np.column_stack([found.track, found.label])
    _, place = np.unique(keys, axis=0, return_inverse=True)
    tracks = []
    for number in range(int(place.max(initial=-1)) + 1):
        rows = np.flatnonzero(place == number)
        _, first = np.unique(found.frame[rows], return_index=True)
        tracks.append(_cut(found, rows[first], found.xywh))
    return sorted(tracks, key=lambda one: (int(one.frames[0]), one.label, one.xywh[0].tolist()))


def _track(found: Detections, rows: Ints, settings: TrackerSettings) -> Track:
    return _cut(found, rows, found.xywh, settings.smooth)


def _cut(found: Detections, rows: Ints, xywh: Floats, smooth: int = 0) -> Track:
    return Track(
        found.labels[int(found.label[rows[0]])],
        found.frame[rows],
        smoothed(found.frame[rows], xywh[rows], smooth),
        found.score[rows],
        {name: tuple(values[row] for row in rows) for name, values in found.attributes.items()},
    )


def smoothed(frames: Ints, xywh: Floats, reach: int) -> Floats:
    """The value at each frame of a straight line through the boxes at most `reach` frames away, by least squares."""
    if reach < 1 or len(frames) < 3:
        return xywh
    low, high = np.searchsorted(frames, frames - reach), np.searchsorted(frames, frames + reach, "right")
    time = frames.astype(float)

    def window(values: Floats) -> Floats:
        total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
        return np.asarray(total[high] - total[low])

    count = (high - low).astype(float)[:, None]
    mean_time = window(time[:, None]) / count
    mean = window(xywh) / count
    spread = window((time**2)[:, None]) / count - mean_time**2
    slope = (window(time[:, None] * xywh) / count - mean_time * mean) / np.where(spread > 1e-9, spread, np.inf)
    out = mean + slope * (time[:, None] - mean_time)
    out[:, 2:] = np.maximum(out[:, 2:], 0.0)
    return np.asarray(out)


class _Tracker:
    """State of all tracks that still wait for detections."""

    def __init__(self, settings: TrackerSettings) -> None:
        self._settings = settings
        self._motion = Motion(settings.motion, settings.noise)
        self._label: Ints = np.zeros(0, dtype=np.int64)
        self._last: Ints = np.zeros(0, dtype=np.int64)
        self._rows: list[list[int]] = []
        self._done: list[list[int]] = []

    def see(self, frame: int, rows: Ints, boxes: Floats, label: Ints, score: Floats) -> None:
        """The detections of the next frame."""
        self._motion.step()
        settings, same = self._settings, self._label[:, None] == label[None]
        strong, weak = score >= settings.high, (score >= settings.low) & (score < settings.high)
        if settings.camera and len(self._label):
            self._motion.shift(camera_shift(self._motion.place, boxes[strong], same[:, strong]))
        overlap = overlap_table(self._motion.place, boxes, settings.buffer) * same
        # Of two detections that fit alike, the surer one.
        weighed = overlap * (0.5 + 0.5 * score[None])
        free = np.ones(len(self._label), dtype=bool)
        pairs = []
        lively = self._last == frame - 1
        stages = ((strong, free.copy(), settings.overlap), (weak, lively, settings.low_overlap))
        for chosen, waiting, least in stages:
            some, there = np.flatnonzero(free & waiting), np.flatnonzero(chosen)
            table = np.where(overlap >= least, weighed, 0.0)[np.ix_(some, there)]
            first, second = assign(table, 1e-6)
            pairs.append((some[first], there[second]))
            free[some[first]] = False
        tracks, seen = (np.concatenate([pair[at] for pair in pairs]) for at in range(2))
        self._motion.see(tracks, boxes[seen])
        self._last[tracks] = frame
        for track, at in zip(tracks.tolist(), seen.tolist(), strict=True):
            self._rows[track].append(int(rows[at]))
        open_ = np.ones(len(rows), dtype=bool)
        open_[seen] = False
        self._forget(frame)
        self._begin(frame, rows, boxes, label, np.flatnonzero(open_ & strong & (score >= settings.birth)))

    def _begin(self, frame: int, rows: Ints, boxes: Floats, label: Ints, new: Ints) -> None:
        if not len(new):
            return
        self._motion.add(boxes[new])
        self._label = np.concatenate([self._label, label[new]])
        self._last = np.concatenate([self._last, np.full(len(new), frame)])
        self._rows += [[int(row)] for row in rows[new]]

    def _forget(self, frame: int) -> None:
        stays = frame - self._last <= self._settings.patience
        if stays.all():
            return
        self._done += [rows for rows, stay in zip(self._rows, stays.tolist(), strict=True) if not stay]
        self._rows = [rows for rows, stay in zip(self._rows, stays.tolist(), strict=True) if stay]
        self._motion.keep(stays)
        self._label, self._last = self._label[stays], self._last[stays]

    def finished(self) -> list[Ints]:
        """Rows of the detections of each track."""
        return [np.array(rows, dtype=np.int64) for rows in (*self._done, *self._rows)]
