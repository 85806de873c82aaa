"""Events found against events that happened: stretches of time with a label class, matched one to one.

Two events of one class match where their stretches overlap by at least half (intersection over union), or where both
ends lie within a tolerance: the moment at which somebody crosses a line has hardly a length. The assignment has as many
matches as possible, and of those the largest overlap. Overlap of stretches: Everingham's rule in time, as the action
challenges use it (Caba Heilbron et al. 2015, "ActivityNet").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tongguan.catalog.labels import stretch
from tongguan.catalog.metrics.base import Floats, Marks
from tongguan.catalog.metrics.classes import ratio
from tongguan.catalog.metrics.matching import matching

OVERLAP = 0.5
TOLERANCE = 1.0
"""Seconds."""
Event = tuple[float, float, str]
"""Start and end in seconds, and the label class."""


@dataclass(frozen=True, slots=True)
class EventItem:
    """One recording. scores: of the found events, in their order, 0 to 1."""

    truth: tuple[Event, ...]
    found: tuple[Event, ...]
    scores: tuple[float, ...] = ()
    tolerance: float = field(default=TOLERANCE)

    def hits(self) -> list[bool]:
        """Which found events are right."""
        out = [False] * len(self.found)
        for label in {one[2] for one in self.truth}:
            ours = [at for at, one in enumerate(self.truth) if one[2] == label]
            theirs = [at for at, one in enumerate(self.found) if one[2] == label]
            likeness = np.array([[self._alike(self.truth[a], self.found[b]) for b in theirs] for a in ours])
            rows, columns = matching(-likeness.reshape(len(ours), len(theirs)))
            for row, column in zip(rows, columns, strict=True):
                out[theirs[column]] = bool(likeness[row, column] > 0)
        return out

    def _alike(self, one: Event, other: Event) -> float:
        """0 where they do not match; a match counts more than any overlap, so that matches come first."""
        overlap = stretch.iou(one[:2], other[:2])
        near = max(abs(one[0] - other[0]), abs(one[1] - other[1])) <= self.tolerance
        return 1_000.0 + overlap if overlap >= OVERLAP or near else 0.0

    def marks(self) -> Marks:
        """Every found event with its score."""
        scores = self.scores or (1.0,) * len(self.found)
        given = [(one[2], score, hit) for one, score, hit in zip(self.found, scores, self.hits(), strict=True)]
        return Marks([one[2] for one in self.truth], given)


class EventF1:
    """F1 per label class of the truth, and over all events (the last column)."""

    def __init__(self, items: Sequence[EventItem]) -> None:
        self.labels: tuple[str, ...] = tuple(sorted({one[2] for item in items for one in item.truth}))
        number = {label: at for at, label in enumerate(self.labels)}
        shape = (len(items), len(self.labels) + 1)
        # Events of classes that never happened are wrong; they count in the last column alone.
        self._truth, self._found, self._right = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        for at, item in enumerate(items):
            marks = item.marks()
            _add(self._truth[at], number, marks.asked)
            _add(self._found[at], number, [label for label, _, _ in marks.given])
            _add(self._right[at], number, [label for label, _, right in marks.given if right])

    def per_class(self, weights: Floats) -> Floats:
        """F1 = 2 right / (happened + found); not defined for a class that a resample does not hold."""
        given, found, right = (weights @ counts for counts in (self._truth, self._found, self._right))
        f1 = ratio(2 * right, given + found)
        f1[:, :-1][given[:, :-1] == 0] = np.nan
        return f1

    def overall(self, per_class: Floats) -> Floats:
        """The last column."""
        return per_class[:, -1]


def _add(row: Floats, number: dict[str, int], labels: Sequence[str]) -> None:
    for label in labels:
        row[-1] += 1
        if label in number:
            row[number[label]] += 1
