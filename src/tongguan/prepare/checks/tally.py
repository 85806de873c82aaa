"""Counts over the items of an inspection: kinds and classes of labels, sizes, sides, groups, balance."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tongguan.catalog.labels.registry import LABEL_KINDS
from tongguan.catalog.media.registry import MEDIA_TYPES
from tongguan.prepare.checks.base import ItemFacts

# Figures of each item kept for medians: eight bytes each, up to this many items.
MOST_FIGURES = 5_000_000
CLASSES_LISTED = 500
# Classes that the largest outnumbers by this factor are named as rare.
RARE = 10


@dataclass(slots=True)
class Tally:
    """Add every item once. `figures` are lists of numbers by name: width, height, bytes, seconds, labels an item."""

    media: Counter[str] = field(default_factory=Counter)
    sides: Counter[str] = field(default_factory=Counter)
    groups: Counter[str] = field(default_factory=Counter)
    unlabelled: int = 0
    empty: int = 0
    classes: dict[str, Counter[str]] = field(default_factory=dict)
    figures: dict[str, list[float]] = field(default_factory=dict)

    def add(self, facts: ItemFacts) -> None:
        """Counts one item and its labels."""
        self.media[facts.media] += 1
        self.sides[facts.side or ""] += 1
        if facts.group:
            self.groups[facts.group] += 1
        if facts.labels is None:
            self.unlabelled += 1
        else:
            self.empty += not facts.labels
            self.figure("labels", len(facts.labels))
        for label in facts.labels or ():
            self.classes.setdefault(label.kind, Counter())[label.label] += 1
            kind = LABEL_KINDS.get(label.kind)
            bounds = kind.bounds(label) if kind is not None else None
            if bounds is not None:
                self.figure("label_side", float(np.sqrt(max(0.0, bounds.width * bounds.height))))
        if facts.measurement is not None:
            self.figure("width", facts.measurement.width)
            self.figure("height", facts.measurement.height)
            self.figure("bytes", facts.measurement.size)
        for name in (*MEDIA_TYPES[facts.media].figures, "width", "height", "bytes"):
            value = facts.details.get(name)
            if isinstance(value, int | float) and value:
                self.figure(name, value)

    def figure(self, name: str, value: float) -> None:
        """Keeps one number for ranges and histograms."""
        kept = self.figures.setdefault(name, [])
        if len(kept) < MOST_FIGURES:
            kept.append(float(value))

    def ranges(self) -> dict[str, dict[str, float]]:
        """For each figure its least, median and greatest value."""
        return {
            name: {"min": min(values), "median": float(np.median(values)), "max": max(values)}
            for name, values in self.figures.items()
            if values
        }

    def balance(self) -> list[dict[str, Any]]:
        """For each kind how uneven its classes are: largest over smallest, and the rare ones by name."""
        rows = []
        for kind, counts in sorted(self.classes.items()):
            most, least = max(counts.values()), min(counts.values())
            rare = sorted(name for name, count in counts.items() if count * RARE <= most)
            rows.append({"kind": kind, "classes": len(counts), "ratio": round(most / least, 2), "rare": rare[:50]})
        return rows

    def to_json(self) -> dict[str, Any]:
        """Keys that `inspect --json` adds: media, classes, unlabelled, empty, sides, groups, sizes, balance."""
        return {
            "media": dict(self.media),
            "classes": {
                kind: dict(counts.most_common(CLASSES_LISTED)) for kind, counts in sorted(self.classes.items())
            },
            "unlabelled": self.unlabelled,
            "empty": self.empty,
            "sides": {side: count for side, count in sorted(self.sides.items()) if side},
            "groups": _groups(self.groups),
            "sizes": self.ranges(),
            "balance": self.balance(),
        }


def _groups(groups: Counter[str]) -> dict[str, Any]:
    if not groups:
        return {"count": 0}
    return {
        "count": len(groups),
        "items": groups.total(),
        "largest": [{"group": name[:200], "items": count} for name, count in groups.most_common(10)],
    }
