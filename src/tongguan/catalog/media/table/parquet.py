"""Parquet: types come from the file, row groups stream by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.libraries import load
from tongguan.catalog.media.table.base import MAX_CELLS, MAX_COLUMNS
from tongguan.catalog.media.table.columns import ColumnBuilder

ROWS_AT_ONCE = 65_536


def open_file(stream: BinaryIO) -> Any:
    """The opened file, header read. Raises MediaProblem: wrong_type, truncated, unreadable."""
    head = stream.read(4)
    stream.seek(-4, 2) if head == b"PAR1" else None
    tail = stream.read(4) if head == b"PAR1" else b""
    stream.seek(0)
    if head != b"PAR1":
        raise MediaProblem("wrong_type", "the file is no Parquet table")
    if tail != b"PAR1":
        raise MediaProblem("truncated", "the Parquet table's end is missing")
    library = load("pyarrow.parquet", "a Parquet table")
    try:
        file = library.ParquetFile(stream)
    except Exception as error:
        raise MediaProblem("unreadable", f"the Parquet table is damaged: {str(error)[:160]}") from error
    rows, columns = file.metadata.num_rows, len(file.schema_arrow.names)
    if columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        raise MediaProblem("unreadable", f"{rows:,} rows x {columns:,} columns: more than is read")
    return file


def fill(file: Any, builders: Sequence[ColumnBuilder], names: Sequence[str], most: int = 0) -> int:
    """Adds every row (or the first `most`) to the builders, one for each of `names`; the number of rows. Raises
    MediaProblem `unreadable`."""
    arrow = load("pyarrow", "a Parquet table")
    rows = 0
    try:
        for batch in file.iter_batches(batch_size=most or ROWS_AT_ONCE, columns=list(names)):
            for builder, name in zip(builders, names, strict=True):
                _add(arrow, builder, batch.column(batch.schema.get_field_index(name)))
            rows += batch.num_rows
            if most:
                break
    except MediaProblem:
        raise
    except Exception as error:
        raise MediaProblem("unreadable", f"the Parquet table is damaged: {str(error)[:160]}") from error
    return rows


def _add(arrow: Any, builder: ColumnBuilder, values: Any) -> None:
    kinds = arrow.types
    kind = values.type
    if kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_decimal(kind):
        builder.add_numbers(_numbers(values.cast(arrow.float64())))
    elif kinds.is_timestamp(kind) or kinds.is_date(kind):
        micro = values.cast(arrow.timestamp("us")).cast(arrow.int64())
        builder.add_numbers(_numbers(micro.cast(arrow.float64(), safe=False)) / 1e6, time=True)
    else:
        builder.add([_text(each) for each in values.to_pylist()])


def _numbers(values: Any) -> NDArray[np.float64]:
    return np.asarray(values.fill_null(float("nan")).to_numpy(zero_copy_only=False), dtype=np.float64)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)[:10_000]
