"""A table as series: rows in order of time, gaps filled from before, and which rows are on which side."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.series import rhythm_of, time_column
from tongguan.catalog.media.table import Table, read_table
from tongguan.train.recipes.base import ItemUnreadable

Floats = NDArray[np.float64]
DAYS = 30
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Series:
    """values (rows, columns) in order of time without blanks; order: the row of the table of each."""

    columns: tuple[str, ...]
    values: Floats
    order: NDArray[np.int64]
    step: float | None


def series_of(table: Table, columns: Sequence[str], time: str | None = None) -> Series:
    """The columns of a table as series. Raises KeyError for a column that is not there."""
    when = table.column(time) if time else time_column(table)
    order = np.arange(table.rows)
    step = None
    if when is not None and when.type == "time":
        order = np.argsort(np.where(np.isnan(when.numbers), np.inf, when.numbers), kind="stable")
        rhythm = rhythm_of(when.take(order))
        step = rhythm.step if rhythm and rhythm.step > 0 else None
    values = np.column_stack([filled(table.column(name).numbers[order]) for name in columns])
    return Series(tuple(columns), values, order, step)


def filled(column: Floats) -> Floats:
    """Blanks take the value before them, those at the start the first one there is, else 0."""
    there = ~np.isnan(column)
    if not there.any():
        return np.zeros(len(column))
    last = np.maximum.accumulate(np.where(there, np.arange(len(column)), -1))
    out: Floats = column[np.where(last >= 0, last, int(np.argmax(there)))]
    return out


def number_columns(table: Table) -> list[str]:
    """Columns of numbers, in order."""
    return [column.name for column in table.columns if column.type == "number"]


def time_sides(rows: int, step: float | None, months: str, kept: float) -> list[str | None]:
    """The side of each row in order of time: whole months of 30 days where the series is long enough, else shares.

    Rows after the last month are on no side. Nothing kept: no sides, so that all rows train.
    """
    if kept <= 0:
        return [None] * rows
    parts = [int(one) for one in months.split("/")]
    month = DAYS * DAY / step if step else float("inf")
    lengths = [round(one * month) for one in parts] if sum(parts) * month <= rows else []
    if not lengths:
        first, second = (round(rows * sum(parts[:at]) / sum(parts)) for at in (1, 2))
        lengths = [first, second - first, rows - second]
    names = ("train", "kept", "test")
    sides: list[str | None] = [name for name, length in zip(names, lengths, strict=True) for _ in range(length)]
    return (sides + ["line"] * rows)[:rows]


def table_of(content: bytes, name: str = "series.csv") -> Table:
    """A table in memory. Raises ItemUnreadable."""
    try:
        return read_table(_Memory(content), name)
    except MediaProblem as problem:
        raise ItemUnreadable(problem.check, problem.detail) from problem


class _Memory:
    """One file in memory, as reading a table wants it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def open(self, path: str) -> BinaryIO:
        """Its bytes, whatever the name."""
        return io.BytesIO(self._content)

    def size(self, path: str) -> int:
        """How many."""
        return len(self._content)
