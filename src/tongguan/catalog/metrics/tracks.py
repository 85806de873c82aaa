"""Tracks found against tracks drawn: HOTA with its parts, MOTA and IDF1, from counts of each sequence and label class.

HOTA: Luiten et al. (2021), "HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking", equations 2 to 8, at the
overlaps 0.05, 0.10, … 0.95. MOTA: Bernardin and Stiefelhagen (2008), matches kept from the frame before. IDF1: Ristani
et al. (2016). All as the reference code of HOTA counts them; MOTA and IDF1 at an overlap of 0.5. Boxes match within
their label class alone; over all classes the counts are summed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.metrics.base import Floats, Marks
from tongguan.catalog.metrics.boxes import overlaps
from tongguan.catalog.metrics.classes import ratio
from tongguan.catalog.metrics.matching import matching

Ints = NDArray[np.int64]
ALPHAS = np.arange(1, 20) * 0.05
OVERLAP = 0.5
EPSILON = float(np.finfo(np.float64).eps)
KEPT_BONUS = 1_000.0
"""More than any sum of overlaps: a match of the frame before is kept wherever it still holds."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Boxes over time, a row each: frame (N,), track (N,) as numbers, xywh (N, 4) in pixels, score (N,) of a track."""

    frame: Ints
    track: Ints
    xywh: Floats
    score: Floats | None = None

    @property
    def tracks(self) -> int:
        """How many tracks there are."""
        return len(np.unique(self.track))


NOTHING = Boxes(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, 4)))


@dataclass(frozen=True)
class TrackItem:
    """One sequence: boxes drawn and boxes found, by label class."""

    truth: Mapping[str, Boxes]
    found: Mapping[str, Boxes]
    _cache: dict[str, Counts] = field(default_factory=dict, repr=False, compare=False)

    def counts(self, label: str) -> Counts:
        """What is counted of one class, worked out once."""
        if label not in self._cache:
            self._cache[label] = count(self.truth.get(label, NOTHING), self.found.get(label, NOTHING))
        return self._cache[label]

    def marks(self) -> Marks:
        """Every found track with its score; right is one that the best assignment of identities gives a drawn track
        with at least half of the frames of either in common."""
        asked = [label for label, boxes in self.truth.items() for _ in range(boxes.tracks)]
        given = []
        for label, boxes in self.found.items():
            for track, right in same_tracks(self.truth.get(label, NOTHING), boxes).items():
                score = 1.0 if boxes.score is None else float(boxes.score[boxes.track == track].mean())
                given.append((label, score, right))
        return Marks(asked, given)


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one sequence and class. right, association: (19,), matches and the sum of their association at each overlap.
    truth, found: boxes. mota: misses, false boxes and switches. idtp: boxes right under the best identities."""

    truth: int
    found: int
    right: Floats
    association: Floats
    misses: int
    invented: int
    switches: int
    idtp: int

    def row(self) -> Floats:
        """All numbers in a row of 44."""
        head = [self.truth, self.found, self.misses, self.invented, self.switches, self.idtp]
        return np.concatenate([np.asarray(head, dtype=float), self.right, self.association])


@dataclass(frozen=True, slots=True)
class _Frame:
    """One frame: numbers of drawn and found tracks in it, and their overlaps."""

    truth: Ints
    found: Ints
    overlap: Floats


def count(truth: Boxes, found: Boxes) -> Counts:
    """Matches the boxes of a sequence, which are of one label class. A track is at most once in a frame."""
    frames, sizes = _frames(truth, found)
    right, association = _hota(frames, sizes)
    misses, invented, switches = _clear(frames, sizes)
    return Counts(
        len(truth.frame),
        len(found.frame),
        right,
        association,
        misses,
        invented,
        switches,
        int(_identities(frames, sizes)[2]),
    )


def _frames(truth: Boxes, found: Boxes) -> tuple[list[_Frame], tuple[Floats, Floats]]:
    """Frame by frame, and how many boxes each drawn and each found track has."""
    ours, drawn = np.unique(truth.track, return_inverse=True)
    theirs, seen = np.unique(found.track, return_inverse=True)
    sizes = (
        np.bincount(drawn, minlength=len(ours)).astype(float),
        np.bincount(seen, minlength=len(theirs)).astype(float),
    )
    numbers = np.union1d(truth.frame, found.frame)
    first, second = np.argsort(truth.frame, kind="stable"), np.argsort(found.frame, kind="stable")
    edges = [np.searchsorted(one.frame[order], numbers) for one, order in ((truth, first), (found, second))]
    ends = [np.searchsorted(one.frame[order], numbers, "right") for one, order in ((truth, first), (found, second))]
    frames = []
    for at in range(len(numbers)):
        rows, columns = first[edges[0][at] : ends[0][at]], second[edges[1][at] : ends[1][at]]
        one, other = np.repeat(rows, len(columns)), np.tile(columns, len(rows))
        overlap = overlaps(truth.xywh[one], found.xywh[other]).reshape(len(rows), len(columns))
        frames.append(_Frame(drawn[rows], seen[columns], overlap))
    return frames, sizes


def _hota(frames: Sequence[_Frame], sizes: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Matches at each overlap, and the sum over them of the association of their pair of tracks."""
    shared = np.zeros((len(sizes[0]), len(sizes[1])))
    for one in frames:
        over = one.overlap.sum(axis=0)[None, :] + one.overlap.sum(axis=1)[:, None] - one.overlap
        np.add.at(shared, np.ix_(one.truth, one.found), ratio_or_zero(one.overlap, over))
    both = sizes[0][:, None] + sizes[1][None, :] - shared
    alike = ratio_or_zero(shared, both)
    matches = np.zeros((len(ALPHAS), *shared.shape))
    for one in frames:
        if not one.overlap.size:
            continue
        rows, columns = matching(-alike[np.ix_(one.truth, one.found)] * one.overlap)
        holds = one.overlap[rows, columns][None, :] >= ALPHAS[:, None] - EPSILON
        matches[:, one.truth[rows], one.found[columns]] += holds
    together = sizes[0][None, :, None] + sizes[1][None, None, :] - matches
    return matches.sum(axis=(1, 2)), (matches * ratio_or_zero(matches, together)).sum(axis=(1, 2))


def _clear(frames: Sequence[_Frame], sizes: tuple[Floats, Floats]) -> tuple[int, int, int]:
    """Misses, false boxes, switches: a match of the frame before stays while its overlap holds."""
    misses = invented = switches = 0
    last = np.full(len(sizes[0]), -1)
    before = np.full(len(sizes[0]), -1)
    for one in frames:
        rows = columns = np.zeros(0, dtype=np.int64)
        if one.overlap.size:
            score = KEPT_BONUS * (before[one.truth][:, None] == one.found[None, :]) + one.overlap
            score[one.overlap < OVERLAP - EPSILON] = 0
            rows, columns = matching(-score)
            held = score[rows, columns] > EPSILON
            rows, columns = rows[held], columns[held]
        ours, theirs = one.truth[rows], one.found[columns]
        switches += int(((last[ours] >= 0) & (last[ours] != theirs)).sum())
        last[ours] = theirs
        if one.overlap.size:
            before[:] = -1
            before[ours] = theirs
        misses += len(one.truth) - len(ours)
        invented += len(one.found) - len(theirs)
    return misses, invented, switches


def _identities(frames: Sequence[_Frame], sizes: tuple[Floats, Floats]) -> tuple[Ints, Ints, float, Floats]:
    """The assignment of drawn to found tracks with the most boxes in common: pairs, boxes, boxes of every pair."""
    common = np.zeros((len(sizes[0]), len(sizes[1])))
    for one in frames:
        np.add.at(common, np.ix_(one.truth, one.found), one.overlap >= OVERLAP)
    rows, columns = matching(-common)
    return rows, columns, float(common[rows, columns].sum()), common


def same_tracks(truth: Boxes, found: Boxes) -> dict[int, bool]:
    """For each found track whether the best identities give it a drawn one, half of the frames of either in common."""
    frames, sizes = _frames(truth, found)
    rows, columns, _, common = _identities(frames, sizes)
    either = sizes[0][rows] + sizes[1][columns] - common[rows, columns]
    names = np.unique(found.track)
    right = dict.fromkeys(names.tolist(), False)
    for column, share in zip(columns, ratio_or_zero(common[rows, columns], either), strict=True):
        right[int(names[column])] = bool(share >= OVERLAP)
    return right


def ratio_or_zero(over: Floats, under: Floats) -> Floats:
    """Element by element, 0 where nothing is below."""
    out: Floats = np.divide(over, under, out=np.zeros_like(np.asarray(over, dtype=float)), where=under > EPSILON)
    return out


Figure = Callable[[Floats], Floats]


class TrackFigure:
    """A figure from summed counts, per label class of the truth and over all (the last column)."""

    def __init__(self, items: Sequence[TrackItem], figure: Figure) -> None:
        self._items, self._figure = items, figure
        self.labels: tuple[str, ...] = tuple(sorted({label for one in items for label in one.truth}))

    @cached_property
    def _counts(self) -> Floats:
        """(items, classes + 1, 44): each class, and all together with those that the truth does not hold."""
        width = 6 + 2 * len(ALPHAS)
        out = np.zeros((len(self._items), len(self.labels) + 1, width))
        for at, item in enumerate(self._items):
            for label in {*item.truth, *item.found}:
                row = item.counts(label).row()
                out[at, -1] += row
                if label in self.labels:
                    out[at, self.labels.index(label)] += row
        return out

    def per_class(self, weights: Floats) -> Floats:
        """(R, items) -> (R, classes + 1); nan for a class without drawn boxes."""
        counts = np.einsum("ri,icw->rcw", weights, self._counts)
        figures = self._figure(counts)
        figures[counts[..., 0] == 0] = np.nan
        return figures

    def overall(self, per_class: Floats) -> Floats:
        """The last column."""
        return per_class[:, -1]


def hota(counts: Floats) -> Floats:
    """Mean over the overlaps of the geometric mean of detection and association."""
    detection, association = _parts(counts)
    return np.asarray(np.sqrt(detection * association).mean(axis=-1))


def detection_accuracy(counts: Floats) -> Floats:
    """DetA: matches over matches, misses and false boxes, mean over the overlaps."""
    return np.asarray(_parts(counts)[0].mean(axis=-1))


def association_accuracy(counts: Floats) -> Floats:
    """AssA: mean over the matches of how much of their two tracks lies together, mean over the overlaps."""
    return np.asarray(_parts(counts)[1].mean(axis=-1))


def _parts(counts: Floats) -> tuple[Floats, Floats]:
    right, association = counts[..., 6 : 6 + len(ALPHAS)], counts[..., 6 + len(ALPHAS) :]
    either = counts[..., 0, None] + counts[..., 1, None] - right
    return ratio_or_zero(right, either), ratio_or_zero(association, right)


def mota(counts: Floats) -> Floats:
    """1 - (misses + false boxes + switches) / drawn boxes; below 0 where there are more mistakes than boxes."""
    return np.asarray(1 - ratio(counts[..., 2] + counts[..., 3] + counts[..., 4], counts[..., 0]))


def idf1(counts: Floats) -> Floats:
    """2 IDTP / (drawn + found boxes)."""
    return np.asarray(ratio(2 * counts[..., 5], counts[..., 0] + counts[..., 1]))


def summary(counts: Sequence[Any]) -> dict[str, float]:
    """All five figures of one class over sequences, by id of the metric."""
    total = np.sum([one.row() for one in counts], axis=0)
    figures = {"hota": hota, "deta": detection_accuracy, "assa": association_accuracy, "mota": mota, "idf1": idf1}
    return {name: float(figure(total)) for name, figure in figures.items()}
