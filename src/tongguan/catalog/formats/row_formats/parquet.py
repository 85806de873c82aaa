"""Rows of Parquet tables: as those of CSV, with the types that the file knows."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from itertools import islice
from typing import Any

from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree
from tongguan.catalog.formats.row_formats.cells import Gathered, RowFormat, row_item, several_targets, target_of
from tongguan.catalog.formats.sniffing import members_of
from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.libraries import load
from tongguan.catalog.media.table.parquet import open_file

SUFFIXES = frozenset({".parquet"})
AT_ONCE = 10_000
CHUNK = 2**20


class ParquetFormat(RowFormat):
    """Contract of `Format` for `parquet`: a row is an item FILE:N; columns mean what they mean in `table`.

    A column of whole numbers is written as int64, of numbers as double, of true and false as bool, any other as text.
    """

    id = "parquet"
    title = "rows of a Parquet table"

    def sniff(self, tree: Tree) -> Sniff:
        """Parquet files."""
        found = members_of(tree, SUFFIXES)
        return Sniff(0.9 if found else 0.0, f"{found[0]} is a Parquet table" if found else "no Parquet table")

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every row of every table, row group by row group."""
        for path in members_of(tree, SUFFIXES):
            try:
                with tree.open(path) as stream:
                    file = open_file(stream)
                    names = list(file.schema_arrow.names)
                    several_targets(names, path, report)
                    yield from _items(file, path, target_of(names), report)
            except (MediaProblem, OSError) as problem:
                report.refuse(path, "file", f"{path}: {problem}")

    def save(self, rows: Gathered, sink: Sink) -> None:
        """table.parquet."""
        with tempfile.TemporaryFile() as stream:
            _save(rows, stream)
            stream.seek(0)
            sink.write("table.parquet", iter(lambda: stream.read(CHUNK), b""))


def _items(file: Any, path: str, target: str | None, report: Report) -> Iterator[ReadItem]:
    number = 0
    batches = file.iter_batches(batch_size=AT_ONCE)
    while True:
        try:
            batch = next(batches, None)
        except Exception as error:
            raise MediaProblem("unreadable", f"the table is damaged after row {number}: {str(error)[:160]}") from error
        if batch is None:
            return
        for row in batch.to_pylist():
            number += 1
            cells = {name: _value(value) for name, value in row.items()}
            yield row_item((path, number), cells, target, report)


def _value(value: Any) -> Any:
    """A cell as JSON has it: dates and decimals as text, what is no number as missing, bytes by their length."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**63 else str(value)
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, (list, tuple)):
        return [_value(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _value(one) for key, one in value.items()}
    return str(value)


def _save(rows: Gathered, stream: Any) -> None:
    arrow, parquet = load("pyarrow", "a Parquet table"), load("pyarrow.parquet", "a Parquet table")
    columns = rows.columns
    types = _types(rows, columns)
    known = {"bool": arrow.bool_(), "int": arrow.int64(), "float": arrow.float64(), "text": arrow.string()}
    schema = arrow.schema([(name, known[types[name]]) for name in columns])
    waiting = rows.rows()
    with parquet.ParquetWriter(stream, schema) as writer:
        while some := list(islice(waiting, AT_ONCE)):
            made = [[_stored(row.get(name), types[name]) for row in some] for name in columns]
            arrays = [arrow.array(cells, known[types[name]]) for name, cells in zip(columns, made, strict=True)]
            writer.write_batch(arrow.record_batch(arrays, schema=schema))


def _types(rows: Gathered, columns: list[str]) -> dict[str, str]:
    """The narrowest type that holds every cell of a column."""
    seen: dict[str, set[str]] = {name: set() for name in columns}
    for row in rows.rows():
        for name, value in row.items():
            if value is not None:
                seen[name].add(_type(value))
    return {name: _joined(found) for name, found in seen.items()}


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int" if -(2**63) <= value < 2**63 else "text"
    return "float" if isinstance(value, float) else "text"


def _joined(found: set[str]) -> str:
    if len(found) == 1:
        return next(iter(found))
    return "float" if found == {"int", "float"} else "text"


def _stored(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "float":
        return float(value)
    if kind != "text" or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)
