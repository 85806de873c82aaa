"""Time series: the rows of a table in order of time, parted by time. A file is the item that a model is asked about."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from tongguan.catalog.formats.tree import open_tree
from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.series import time_column
from tongguan.catalog.media.table import SUFFIXES, Table, read_table
from tongguan.prepare.checks.tables import find_tables
from tongguan.prepare.checks.tables.choice import is_called
from tongguan.train.recipes.base import RecipeError, UsageProblem
from tongguan.train.recipes.items import LeftOut, data_digest, label_digest, sha256_hex
from tongguan.train.recipes.series_parts.params import SeriesParams
from tongguan.train.recipes.series_parts.table import number_columns, series_of, time_sides
from tongguan.train.recipes.sources.base import Asked, Found, Progress, Source
from tongguan.train.recipes.sources.rows import row_bytes

FORMAT = "series"


class SeriesTree:
    """A series as one table in memory; rows by their names."""

    def __init__(self, path: Path, wanted: str | None = None) -> None:
        self.path = path
        self.table = read_one(path, wanted)
        self._bytes = dict(row_bytes(self.table))

    def close(self) -> None:
        """Nothing is held open."""

    def list(self) -> list[str]:
        """Names of all rows."""
        return sorted(self._bytes)

    def size(self, path: str) -> int:
        """Bytes of a row."""
        return len(self._bytes[path])

    def open(self, path: str) -> BinaryIO:
        """The row's cells as JSON."""
        if path not in self._bytes:
            raise FileNotFoundError(path)
        return io.BytesIO(self._bytes[path])


class SeriesFiles:
    """Contract of `Media` for time series."""

    id = "series"
    suffixes = SUFFIXES
    at_once = 1

    def read(self, path: Path, format_id: str, asked: Asked, progress: Progress | None = None) -> Source:
        """All rows in order of time, each on the side of its time."""
        params = asked.params
        if not isinstance(params, SeriesParams):
            raise TypeError("a recipe that learns from series has their parameters")
        if not path.exists():
            raise UsageProblem("data_missing", f"{path}: no such file or folder", path=str(path))
        table = read_one(path, params.table)
        columns, time = columns_of(table, params), _time(table, params)
        series = series_of(table, columns, time)
        own = table.sides()
        sides = own if any(own) else time_sides(table.rows, series.step, params.months, asked.kept)
        rows = list(row_bytes(table))
        found, left_out = [], [LeftOut(name=one.item, reason=one.reason) for one in table.refused]
        for place, row in enumerate(series.order.tolist()):
            name, content = rows[row]
            sha = sha256_hex(content)
            side = own[row] if any(own) else sides[place]
            found.append(Found(name, name, sha, (), side, f"{place:09}"))
        if progress:
            progress(len(found))
        digest = data_digest((one.sha256, label_digest(())) for one in found)
        return Source(
            path=str(path.resolve()),
            format=FORMAT,
            why="a table in order of time",
            sha256=digest,
            found=tuple(found),
            left_out=tuple(left_out),
            by="time" if asked.kept > 0 and not any(own) else None,
            copies=True,
            facts={"table": table.name, "target": ", ".join(columns), "group": None, "time": time, "columns": columns}
            | {"step_seconds": series.step, "excluded": []},
        )

    def open(self, path: Path) -> SeriesTree:
        """The whole series."""
        return SeriesTree(path)

    def members(self, name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
        """The file itself: a history."""
        yield name, content


def read_one(path: Path, wanted: str | None) -> Table:
    """The table of a series; of several the one called `wanted`. Raises UsageProblem and RecipeError."""
    tree = open_tree(path)
    try:
        files, damaged = find_tables(tree)
        if wanted:
            files = [one for one in files if any(is_called(member, wanted) for member, _ in one.members)] or files
        if len(files) != 1:
            names = [one.name for one in files]
            words = "no table was found" if not names else f"{len(names)} tables: say which with table="
            if damaged and not names:
                words = f"{damaged[0][0]}: {damaged[0][1].detail}"
            raise UsageProblem("table_undecidable", f"{path}: {words} {', '.join(names)}".strip(), candidates=names)
        sides = {member: side for member, side in files[0].members if side}
        return read_table(tree, [member for member, _ in files[0].members], sides=sides)
    except MediaProblem as problem:
        raise RecipeError("data_unreadable", f"{path}: {problem.detail}", path=str(path)) from problem
    finally:
        tree.close()


def columns_of(table: Table, params: SeriesParams) -> list[str]:
    """The columns to learn. Raises UsageProblem."""
    numbers = number_columns(table)
    wanted, without = _names(params.target), set(_names(params.exclude))
    unknown = [name for name in [*wanted, *without] if name not in table.names]
    if unknown:
        raise UsageProblem("bad_parameter", f"the table has no column {', '.join(unknown)}", candidates=numbers)
    chosen = [name for name in (wanted or numbers) if name not in without and name in numbers]
    if not chosen:
        raise UsageProblem("no_columns", f"{table.name} has no column of numbers to learn", candidates=numbers)
    return chosen


def _time(table: Table, params: SeriesParams) -> str | None:
    if params.time and params.time not in table.names:
        raise UsageProblem("bad_parameter", f"time: the table has no column {params.time}", candidates=table.names)
    found = time_column(table)
    return params.time or (found.name if found else None)


def _names(text: str) -> list[Any]:
    return [name.strip() for name in text.split(",") if name.strip()]
