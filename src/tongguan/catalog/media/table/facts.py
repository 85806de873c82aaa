"""Facts of a column for people: type, range, how many values, which are frequent, how they are spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tongguan.catalog.media.table.base import Cleaning, Column

BINS = 24
TOP = 8


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """`distinct` values among the filled cells; `low`, `high` and `median` as text; `top` the most frequent (value,
    count), fewer than all where there are more than 8; `histogram` counts of 24 equal steps from low to high."""

    name: str
    type: str
    rows: int
    missing: int
    distinct: int
    low: str | None = None
    high: str | None = None
    median: str | None = None
    mean: float | None = None
    deviation: float | None = None
    top: tuple[tuple[str, int], ...] = ()
    histogram: tuple[int, ...] = ()
    cleaned: tuple[Cleaning, ...] = ()
    unit: str | None = None

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `range` is [low, high] as numbers, or as text for times."""
        numbers = self.type == "number" and self.low is not None and self.high is not None
        return {
            "name": self.name,
            "type": self.type,
            "rows": self.rows,
            "missing": self.missing,
            "distinct": self.distinct,
            "range": [_number(self.low), _number(self.high)]
            if numbers
            else [self.low, self.high]
            if self.low
            else None,
            "median": _number(self.median) if numbers else self.median,
            "mean": self.mean,
            "deviation": self.deviation,
            "unit": self.unit,
            "top": [{"value": value, "count": count} for value, count in self.top],
            "cleaned": [
                {
                    "kind": one.kind,
                    "count": one.count,
                    "examples": [{"cell": cell, "value": value} for _, cell, value in one.examples],
                }
                for one in self.cleaned
            ],
        }


def column_facts(column: Column) -> ColumnFacts:
    """Facts of a column; a column of few different numbers also has its most frequent ones."""
    rows, missing = len(column), int(column.missing.sum())
    if column.type in ("category", "text"):
        counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.levels))
        order = sorted(range(len(counts)), key=lambda at: (-counts[at], column.levels[at]))
        top = tuple((column.levels[at][:80], int(counts[at])) for at in order[:TOP] if counts[at])
        distinct = int((counts > 0).sum())
        return ColumnFacts(
            column.name, column.type, rows, missing, distinct, top=top, cleaned=column.cleaned, unit=column.unit
        )
    held = column.numbers[~column.missing]
    if not len(held):
        return ColumnFacts(column.name, column.type, rows, missing, 0, cleaned=column.cleaned)
    values, counts = np.unique(held, return_counts=True)
    few = len(values) <= TOP
    histogram = np.histogram(held, bins=BINS)[0] if len(values) > 1 else np.array([len(held)])
    ends = Column(column.name, column.type, np.array([held.min(), held.max(), np.median(held)]), column.codes)
    number = column.type == "number"
    return ColumnFacts(
        name=column.name,
        type=column.type,
        rows=rows,
        missing=missing,
        distinct=len(values),
        low=ends.text(0),
        high=ends.text(1),
        median=ends.text(2),
        mean=float(held.mean()) if number else None,
        deviation=float(held.std()) if number else None,
        top=tuple((f"{value:g}", int(count)) for value, count in zip(values, counts, strict=True))
        if few and number
        else (),
        histogram=tuple(int(count) for count in histogram),
        cleaned=column.cleaned,
        unit=column.unit,
    )


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)
