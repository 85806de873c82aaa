"""Boxes against the label files, counted by a rule of this run's own: greedy pairs from an overlap of 0.5."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Box = Mapping[str, Any]
SAME = 0.5


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes."""
    wide = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
    high = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
    if wide <= 0 or high <= 0:
        return 0.0
    both = wide * high
    return float(both / (one["width"] * one["height"] + other["width"] * other["height"] - both))


@dataclass(frozen=True, slots=True)
class Errors:
    """Boxes of another class, missed ones and extra ones, against `true` boxes."""

    true: int = 0
    wrong: int = 0
    missed: int = 0
    extra: int = 0

    @property
    def share(self) -> float:
        """Errors per true box."""
        return (self.wrong + self.missed + self.extra) / self.true if self.true else 0.0

    def __add__(self, other: Errors) -> Errors:
        return Errors(
            self.true + other.true,
            self.wrong + other.wrong,
            self.missed + other.missed,
            self.extra + other.extra,
        )

    def __str__(self) -> str:
        return f"{self.share:.2%} ({self.wrong} wrong, {self.missed} missed, {self.extra} extra of {self.true})"


def errors(drawn: Sequence[Box], truth: Sequence[Box]) -> Errors:
    """Pairs boxes by falling overlap, whatever their class, down to 0.5; what is left over is missed or extra."""
    pairs = sorted(
        ((overlap(one, other), a, b) for a, one in enumerate(drawn) for b, other in enumerate(truth)),
        key=lambda pair: -pair[0],
    )
    used_a: set[int] = set()
    used_b: set[int] = set()
    wrong = 0
    for same, a, b in pairs:
        if same < SAME or a in used_a or b in used_b:
            continue
        used_a.add(a)
        used_b.add(b)
        wrong += drawn[a]["label"] != truth[b]["label"]
    return Errors(len(truth), wrong, len(truth) - len(used_b), len(drawn) - len(used_a))


def total(answers: Iterable[tuple[str, Sequence[Box]]], truth: Mapping[str, Sequence[Box]]) -> Errors:
    """The errors of many answers by name of the item."""
    result = Errors()
    for name, labels in answers:
        result += errors(labels, truth[name])
    return result


def same_boxes(one: Iterable[Box], other: Iterable[Box], within: float) -> bool:
    """Whether two sets hold the same boxes: classes equal, edges no more than `within` pixels apart."""
    rest = list(other)
    for box in one:
        place = next((n for n, found in enumerate(rest) if _same(box, found, within)), None)
        if place is None:
            return False
        rest.pop(place)
    return not rest


def _same(one: Box, other: Box, within: float) -> bool:
    edges = ("x", "y", "width", "height")
    return bool(one["label"] == other["label"] and all(abs(one[key] - other[key]) <= within for key in edges))
