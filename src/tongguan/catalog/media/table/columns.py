"""From cells to typed columns: kept as bytes while a file is read, typed once all of a column is known."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.media.table.base import NO_CODES, NO_NUMBERS, Cleaning, Column, ColumnType
from tongguan.catalog.media.table.values import LEADING_ZERO, UNITS, Parsed, is_missing, parse_number, parse_time

# A column is one of numbers when nine of ten filled cells are; the rest is read as missing and said to be dirty.
NUMBER_SHARE = 0.9
TIME_SHARE = 0.95
# More levels than this, or levels in more than half of the rows, and a column is free text.
MOST_LEVELS = 1000
EXAMPLES = 3
CACHE = 100_000

_SEPARATOR = "\x1f"
_PLAIN = re.compile(r"[0-9.eE+\-\x1f]*")
_ZERO_FIRST = re.compile(r"(?:^|\x1f)[+-]?0[0-9]")

Cells = NDArray[np.float64] | bytes


@dataclass(slots=True)
class ColumnBuilder:
    """One column while its file is read: parts of text cells, or arrays where the file itself has types."""

    name: str
    parts: list[Cells] = field(default_factory=list)
    time: bool = False

    def add(self, cells: Sequence[str]) -> None:
        """Appends text cells."""
        joined = _SEPARATOR.join(cells)
        if joined.count(_SEPARATOR) != len(cells) - 1:
            joined = _SEPARATOR.join(cell.replace(_SEPARATOR, " ") for cell in cells)
        self.parts.append(joined.encode("utf-8", "replace"))

    def add_numbers(self, numbers: NDArray[np.float64], *, time: bool = False) -> None:
        """Appends numbers, or seconds since 1970."""
        self.parts.append(numbers)
        self.time = self.time or time

    def finish(self, expected: ColumnType | None = None) -> Column:
        """The typed column; `expected` fixes the type, so that a new file is read as the one that was learnt from."""
        arrays = [part for part in self.parts if isinstance(part, np.ndarray)]
        if arrays and len(arrays) == len(self.parts) and expected in (None, "number", "time"):
            numbers = np.concatenate(arrays)
            kind: ColumnType = "time" if self.time else "number"
            return Column(self.name, kind if np.isfinite(numbers).any() else "empty", _finite(numbers), NO_CODES)
        if expected == "empty":
            return _empty(self.name, sum(len(cells) for cells in self.cells()))
        if expected in (None, "number"):
            read = _Numbers(self.name, self, whole=expected == "number")
            if read.looks_numeric() or expected == "number":
                return read.column()
            if read.is_empty():
                return _empty(self.name, read.rows)
        if expected in (None, "time"):
            times = self._times(required=expected is None)
            if times is not None:
                return times
        return self._levels(expected)

    def cells(self) -> Iterator[list[str]]:
        """Text cells, part by part."""
        for part in self.parts:
            if isinstance(part, bytes):
                yield part.decode("utf-8").split(_SEPARATOR)
            else:
                one = Column(self.name, "time" if self.time else "number", part, NO_CODES)
                yield [one.text(row) or "" for row in range(len(part))]

    def _times(self, *, required: bool) -> Column | None:
        """The column as times; None where too few cells are and that is `required`."""
        parsed: list[float] = []
        filled = good = 0
        cache: dict[str, float | None] = {}
        for chunk in self.cells():
            for raw in chunk:
                cell = raw.strip()
                if is_missing(cell, number=True):
                    parsed.append(np.nan)
                    continue
                if cell not in cache:
                    cache[cell] = parse_time(cell)
                value = cache[cell]
                filled += 1
                good += value is not None
                parsed.append(np.nan if value is None else value)
            if len(cache) > CACHE:
                cache.clear()
            if required and filled >= 20 and good < TIME_SHARE * filled:
                return None
        if required and (not filled or good < TIME_SHARE * filled):
            return None
        bad = filled - good
        cleaned = (Cleaning("not_a_number", bad, ()),) if bad else ()
        return Column(self.name, "time", np.array(parsed, dtype=np.float64), NO_CODES, cleaned=cleaned)

    def _levels(self, expected: ColumnType | None) -> Column:
        index: dict[str, int] = {}
        codes: list[NDArray[np.int32]] = []
        spaces: Counter[str] = Counter()
        for chunk in self.cells():
            here = []
            for raw in chunk:
                cell = raw.strip()
                if is_missing(cell):
                    here.append(-1)
                    continue
                if cell != raw:
                    spaces[raw] += 1 if len(spaces) < CACHE else 0
                here.append(index.setdefault(cell, len(index)))
            codes.append(np.array(here, dtype=np.int32))
        joined = np.concatenate(codes) if codes else NO_CODES
        filled = int((joined >= 0).sum())
        if not filled and expected is None:
            return _empty(self.name, len(joined))
        few = len(index) <= MOST_LEVELS and len(index) <= max(20, filled // 2)
        kind: ColumnType = expected if expected in ("category", "text") else "category" if few else "text"
        return Column(self.name, kind, NO_NUMBERS, joined, tuple(index), _stripped(spaces, index))


def _stripped(spaces: Counter[str], index: dict[str, int]) -> tuple[Cleaning, ...]:
    """Blanks around a word make two levels of one: worth saying, once the word exists without them as well."""
    if not spaces:
        return ()
    examples = tuple((-1, raw, None) for raw, _ in spaces.most_common(EXAMPLES) if raw.strip() in index)
    return (Cleaning("spaces", sum(spaces.values()), examples),)


def _empty(name: str, rows: int) -> Column:
    return Column(name, "empty", np.full(rows, np.nan), NO_CODES)


def _finite(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(numbers), numbers, np.nan)


class _Numbers:
    """A column read as numbers, with what had to be cleaned."""

    def __init__(self, name: str, builder: ColumnBuilder, *, whole: bool) -> None:
        self.name = name
        self.rows = self.filled = self.good = self.zeros = 0
        self._blank_words = 0
        self._arrays: list[NDArray[np.float64]] = []
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, list[tuple[int, str, float | None]]] = {}
        self._units: Counter[str] = Counter()
        self._scaled: list[tuple[int, str]] = []
        self._cache: dict[str, Parsed | None] = {}
        for chunk in builder.cells():
            self._arrays.append(self._quick(chunk) if _plain_cells(chunk) else self._slow(chunk))
            self.rows += len(chunk)
            if not whole and self.filled >= 200 and self.good < 0.5 * self.filled:
                break

    def looks_numeric(self) -> bool:
        """Nine of ten filled cells are numbers, of one unit, and they are not codes such as 007."""
        if not self.good or self.good < NUMBER_SHARE * self.filled or self.zeros > 0:
            return False
        families = {UNITS[unit][0] if unit in UNITS else -1 for unit in self._units}
        return len(families) <= 1

    def is_empty(self) -> bool:
        """No cell holds anything."""
        return self.filled == 0 and self._blank_words == 0

    def column(self) -> Column:
        """The numbers; cells in other units of the same family become the most frequent one."""
        numbers = np.concatenate(self._arrays) if self._arrays else np.zeros(0)
        unit = self._units.most_common(1)[0][0] if self._units else None
        if unit in UNITS:
            for row, written in self._scaled:
                numbers[row] *= UNITS[written][1] / UNITS[unit][1] if written in UNITS else 1.0
        cleaned = tuple(
            Cleaning(kind, count, tuple(self._examples.get(kind, ()))) for kind, count in self._counts.most_common()
        )
        kind: ColumnType = "number" if self.good else "empty"
        return Column(self.name, kind, numbers, NO_CODES, cleaned=cleaned, unit=unit)

    def _quick(self, chunk: list[str]) -> NDArray[np.float64]:
        """Cells that are plain numbers or empty."""
        try:
            numbers = np.array([cell or "nan" for cell in chunk], dtype=np.str_).astype(np.float64)
        except ValueError:
            return self._slow(chunk)
        held = int(np.isfinite(numbers).sum())
        self.filled += held
        self.good += held
        return _finite(numbers)

    def _slow(self, chunk: list[str]) -> NDArray[np.float64]:
        numbers = np.full(len(chunk), np.nan)
        for at, raw in enumerate(chunk):
            cell = raw.strip()
            if is_missing(cell, number=True):
                self._blank_words += not is_missing(cell)
                continue
            if cell not in self._cache:
                if len(self._cache) > CACHE:
                    self._cache.clear()
                self._cache[cell] = parse_number(cell)
            self.filled += 1
            self._note(self.rows + at, cell, self._cache[cell])
            found = self._cache[cell]
            numbers[at] = np.nan if found is None else found.value
        return numbers

    def _note(self, row: int, cell: str, found: Parsed | None) -> None:
        if found is None:
            self.zeros += LEADING_ZERO.fullmatch(cell) is not None
            self._dirty("not_a_number", row, cell, None)
            return
        self.good += 1
        if found.unit is not None:
            self._units[found.unit] += 1
            self._scaled.append((row, found.unit))
        for kind in found.dirt:
            self._dirty(kind, row, cell, found.value)

    def _dirty(self, kind: str, row: int, cell: str, value: float | None) -> None:
        self._counts[kind] += 1
        examples = self._examples.setdefault(kind, [])
        if len(examples) < EXAMPLES and all(cell != other for _, other, _ in examples):
            examples.append((row, cell[:80], value))


def _plain_cells(chunk: list[str]) -> bool:
    joined = _SEPARATOR.join(chunk)
    return _PLAIN.fullmatch(joined) is not None and _ZERO_FIRST.search(joined) is None
