"""A table in memory: typed columns as arrays, what was cleaned in them, and the limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

ColumnType = Literal["number", "category", "text", "time", "empty"]
TYPES: tuple[ColumnType, ...] = ("number", "category", "text", "time", "empty")

# A file is held once as bytes while its columns get their types: about 3 times its size at the peak.
MAX_BYTES = 512 * 2**20
MAX_CELLS = 100_000_000
MAX_COLUMNS = 4096


@dataclass(frozen=True, slots=True)
class Cleaning:
    """Cells of a column that were not written as plain numbers. `examples` are (row from 0, cell, what was read).

    kind: mark (`*946.9`), thousands (`1,234.5`), decimal_comma, full_width, unit, percent, parentheses, spaces,
    and not_a_number, whose cells are read as missing.
    """

    kind: str
    count: int
    examples: tuple[tuple[int, str, float | None], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column, n rows. number: float64, NaN = missing. time: float64 seconds since 1970 UTC. category and text:
    `codes` int32 into `levels`, -1 = missing. `unit` is what the cells carry (`mm`), not what the heading says."""

    name: str
    type: ColumnType
    numbers: NDArray[np.float64]
    codes: NDArray[np.int32]
    levels: tuple[str, ...] = ()
    cleaned: tuple[Cleaning, ...] = ()
    unit: str | None = None

    def __len__(self) -> int:
        return len(self.codes) if self.type in ("category", "text") else len(self.numbers)

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Which rows hold nothing."""
        return self.codes < 0 if self.type in ("category", "text") else np.isnan(self.numbers)

    def text(self, row: int) -> str | None:
        """The cell as text; None where it is missing. A whole number has no point."""
        if self.type in ("category", "text"):
            return self.levels[self.codes[row]] if self.codes[row] >= 0 else None
        value = float(self.numbers[row])
        if np.isnan(value):
            return None
        if self.type == "time":
            return str(np.datetime64(round(value * 1000), "ms")).replace("T", " ").removesuffix(".000")
        return _plain(value)

    def as_category(self) -> Column:
        """The same column with text levels, sorted by code point (numbers by size); for targets and groups."""
        if self.type in ("category", "text"):
            order = np.array(sorted(range(len(self.levels)), key=self.levels.__getitem__), dtype=np.int32)
            rank = np.empty(len(order) + 1, dtype=np.int32)
            rank[order], rank[-1] = np.arange(len(order), dtype=np.int32), -1
            return Column(self.name, "category", _NONE, rank[self.codes], tuple(self.levels[at] for at in order))
        held = ~np.isnan(self.numbers)
        values, inverse = np.unique(self.numbers[held], return_inverse=True)
        codes = np.full(len(self.numbers), -1, dtype=np.int32)
        codes[held] = inverse
        return Column(self.name, "category", _NONE, codes, tuple(_plain(float(value)) for value in values))

    def codes_in(self, levels: Sequence[str]) -> NDArray[np.int32]:
        """For each row the position of its text in `levels` (those that a model learnt); -1 = missing or not there."""
        index = {level: at for at, level in enumerate(levels)}
        own = self if self.type in ("category", "text") else self.as_category()
        places = np.array([*(index.get(level, -1) for level in own.levels), -1], dtype=np.int32)
        return places[own.codes]

    def take(self, rows: NDArray[Any]) -> Column:
        """The column at these rows (indices or a mask)."""
        numbers = self.numbers[rows] if len(self.numbers) else self.numbers
        codes = self.codes[rows] if len(self.codes) else self.codes
        return Column(self.name, self.type, numbers, codes, self.levels, self.cleaned, self.unit)


_NONE: NDArray[np.float64] = np.zeros(0)
NO_NUMBERS = _NONE
NO_CODES: NDArray[np.int32] = np.zeros(0, dtype=np.int32)


def _plain(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one file in a table: `start` is the first row from 0, `side` train, kept, test, line or None."""

    path: str
    start: int
    rows: int
    side: str | None = None


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that could not be read, named `FILE:N`."""

    item: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns of equal length. A row's name is `FILE:N`, N from 1, header not counted."""

    name: str
    columns: tuple[Column, ...]
    parts: tuple[Part, ...]
    refused: tuple[RefusedRow, ...] = ()
    notes: tuple[str, ...] = ()
    numbering: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def rows(self) -> int:
        """Number of rows that were read."""
        return sum(part.rows for part in self.parts)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """A column by its name. KeyError when there is none."""
        found = next((column for column in self.columns if column.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def part_of(self, row: int) -> Part:
        """The file that a row comes from."""
        return next(part for part in self.parts if part.start <= row < part.start + part.rows)

    def item(self, row: int) -> str:
        """The row's name, `FILE:N`."""
        return f"{self.part_of(row).path}:{self.numbering[row]}"

    def items(self) -> list[str]:
        """All rows' names."""
        return [
            f"{part.path}:{number}"
            for part in self.parts
            for number in self.numbering[part.start : part.start + part.rows].tolist()
        ]

    def sides(self) -> list[str | None]:
        """For each row the side that its file's name says."""
        return [part.side for part in self.parts for _ in range(part.rows)]


def matrix(columns: Sequence[Column]) -> NDArray[np.float64]:
    """rows x columns of float64: numbers and times as they are, categories as their codes; NaN = missing."""
    if not columns:
        return np.zeros((0, 0))
    wide = [
        np.where(column.codes < 0, np.nan, column.codes) if column.type in ("category", "text") else column.numbers
        for column in columns
    ]
    return np.column_stack(wide).astype(np.float64)
