"""A table from one file or several of the same columns (train.csv, test.csv), CSV, XLSX or Parquet."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePosixPath
from typing import BinaryIO, Protocol

import numpy as np

from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.table import delimited, parquet, sheet
from tongguan.catalog.media.table.base import (
    MAX_BYTES,
    MAX_CELLS,
    MAX_COLUMNS,
    Column,
    ColumnType,
    Part,
    RefusedRow,
    Table,
)
from tongguan.catalog.media.table.columns import ColumnBuilder

ROWS_AT_ONCE = 8192
REFUSED_LISTED = 1000
SUFFIXES = frozenset({".csv", ".tsv", ".xlsx", ".parquet"})


class Source(Protocol):
    """What reading needs of a tree of files."""

    def open(self, path: str) -> BinaryIO:
        """The member's bytes."""

    def size(self, path: str) -> int:
        """Bytes of the member."""


@dataclass(slots=True)
class _Reading:
    builders: list[ColumnBuilder] = field(default_factory=list)
    numbering: list[int] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cells: int = 0

    def names(self) -> list[str]:
        return [builder.name for builder in self.builders]


def read_table(
    source: Source,
    paths: Sequence[str] | str,
    *,
    types: Mapping[str, ColumnType] | None = None,
    sides: Mapping[str, str] | None = None,
) -> Table:
    """Reads all rows of a file, or of files with the same columns (in any order), as one table.

    `types` fixes the type of columns by name: a model's input is read the way its training data was. `sides` says for
    a path on which side of a split its rows are. Rows with more cells than the heading are refused and listed.
    Raises MediaProblem: unreadable, truncated, wrong_type; its message names the file where there are several.
    """
    members = [paths] if isinstance(paths, str) else list(paths)
    reading = _Reading()
    for path in members:
        try:
            _read_file(source, path, reading, (sides or {}).get(path))
        except MediaProblem as problem:
            if len(members) == 1:
                raise
            raise MediaProblem(problem.check, f"{path}: {problem.detail}") from problem
        except OSError as error:
            raise MediaProblem("unreadable", f"{path}: the file cannot be read: {error}") from error
    wanted = types or {}
    columns: list[Column] = []
    while reading.builders:
        builder = reading.builders.pop(0)
        columns.append(builder.finish(wanted.get(builder.name)))
    return Table(
        name=members[0] if members else "",
        columns=tuple(columns),
        parts=tuple(reading.parts),
        refused=tuple(reading.refused),
        notes=tuple(reading.notes),
        numbering=np.array(reading.numbering, dtype=np.int64),
    )


def read_names(source: Source, path: str) -> tuple[str, ...]:
    """The column names of a file, without reading its rows. Raises MediaProblem."""
    with source.open(path) as stream:
        if suffix(path) == ".parquet":
            return tuple(parquet.open_file(stream).schema_arrow.names)
        return tuple(column_names(_text_rows(stream, path)[0]))


class _One:
    """One open stream as a source, left open."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def open(self, path: str) -> BinaryIO:
        self._stream.seek(0)
        return io.BytesIO(self._stream.read(MAX_BYTES + 1))

    def size(self, path: str) -> int:
        size = self._stream.seek(0, io.SEEK_END)
        self._stream.seek(0)
        return size


def read_stream(stream: BinaryIO, name: str) -> Table:
    """`read_table` of one open file; its name's ending says what it is. Raises MediaProblem."""
    return read_table(_One(stream), name)


def head_of(stream: BinaryIO, name: str, rows: int = 200) -> Table:
    """The first rows of a file as a table; types are judged by them alone. Raises MediaProblem."""
    reading = _Reading()
    if suffix(name) == ".parquet":
        _head_of_parquet(stream, name, reading, rows)
    else:
        heading, found, _ = _text_rows(stream, name)
        builders = _builders(reading, column_names(heading))
        pending = [row for row in islice(found, rows) if len(row) <= len(builders)]
        reading.parts.append(Part(name, 0, len(pending)))
        reading.numbering.extend(range(1, len(pending) + 1))
        _flush(builders, pending, reading)
    columns = tuple(builder.finish() for builder in reading.builders)
    return Table(name, columns, tuple(reading.parts), numbering=np.array(reading.numbering, dtype=np.int64))


def _head_of_parquet(stream: BinaryIO, name: str, reading: _Reading, rows: int) -> None:
    file = parquet.open_file(stream)
    names = list(file.schema_arrow.names)
    count = parquet.fill(file, _builders(reading, names), names, most=rows)
    reading.parts.append(Part(name, 0, count))
    reading.numbering.extend(range(1, count + 1))


def suffix(path: str) -> str:
    """The lower-case ending of a file's name."""
    return PurePosixPath(path).suffix.lower()


def column_names(heading: Sequence[str]) -> list[str]:
    """Names without blanks around them, none empty, none twice: `column 3`, `x`, `x (2)`."""
    names: list[str] = []
    taken: set[str] = set()
    for at, raw in enumerate(heading, start=1):
        base = " ".join(raw.split()) or f"column {at}"
        name, number = base, 1
        while name in taken:
            number += 1
            name = f"{base} ({number})"
        taken.add(name)
        names.append(name)
    return names


def _read_file(source: Source, path: str, reading: _Reading, side: str | None) -> None:
    size = source.size(path)
    if size > MAX_BYTES:
        raise MediaProblem("unreadable", f"{size:,} bytes: a table of at most {MAX_BYTES:,} is read; part it by rows")
    with source.open(path) as stream:
        if suffix(path) == ".parquet":
            _read_parquet(stream, path, reading, side)
        else:
            _read_text(stream, path, reading, side)


def _read_parquet(stream: BinaryIO, path: str, reading: _Reading, side: str | None) -> None:
    file = parquet.open_file(stream)
    names = list(file.schema_arrow.names)
    builders = _builders(reading, names)
    rows = parquet.fill(file, builders, names)
    reading.parts.append(Part(path, len(reading.numbering), rows, side))
    reading.numbering.extend(range(1, rows + 1))


def _text_rows(stream: BinaryIO, path: str) -> tuple[list[str], Iterator[list[str]], str]:
    return sheet.read_rows(stream) if suffix(path) == ".xlsx" else delimited.read_rows(stream)


def _read_text(stream: BinaryIO, path: str, reading: _Reading, side: str | None) -> None:
    heading, rows, words = _text_rows(stream, path)
    names = column_names(heading)
    builders = _builders(reading, names)
    reading.notes.append(f"{path}: {words}")
    start, number, pending = len(reading.numbering), 0, list[list[str]]()
    for row in rows:
        number += 1
        if len(row) > len(names) and any(cell.strip() for cell in row[len(names) :]):
            _refuse(reading, f"{path}:{number}", f"{len(row)} cells under {len(names)} headings")
            continue
        pending.append(row)
        reading.numbering.append(number)
        if len(pending) >= ROWS_AT_ONCE:
            _flush(builders, pending, reading)
    _flush(builders, pending, reading)
    reading.parts.append(Part(path, start, len(reading.numbering) - start, side))


def _flush(builders: Sequence[ColumnBuilder], pending: list[list[str]], reading: _Reading) -> None:
    if not pending:
        return
    width = len(builders)
    reading.cells += width * len(pending)
    if reading.cells > MAX_CELLS:
        raise MediaProblem("unreadable", f"more than {MAX_CELLS:,} cells: part the table by rows")
    padded = [row if len(row) == width else (row + [""] * width)[:width] for row in pending]
    for builder, cells in zip(builders, zip(*padded, strict=True), strict=True):
        builder.add(cells)
    pending.clear()


def _builders(reading: _Reading, names: Sequence[str]) -> list[ColumnBuilder]:
    """The builders of these columns, in the order of this file."""
    if len(names) > MAX_COLUMNS:
        raise MediaProblem("unreadable", f"{len(names):,} columns: at most {MAX_COLUMNS:,} are read")
    if not reading.builders:
        reading.builders = [ColumnBuilder(name) for name in names]
        return reading.builders
    known = {builder.name: builder for builder in reading.builders}
    if set(known) != set(names):
        other = sorted(set(known) ^ set(names))[:5]
        raise MediaProblem("unreadable", f"other columns than the files before it: {', '.join(other)}")
    return [known[name] for name in names]


def _refuse(reading: _Reading, item: str, reason: str) -> None:
    if len(reading.refused) < REFUSED_LISTED:
        reading.refused.append(RefusedRow(item, reason))
