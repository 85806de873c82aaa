"""The registered member for tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

from tongguan.catalog.media.base import MediaFacts, MediaProblem, Preview
from tongguan.catalog.media.table.base import MAX_BYTES, Table
from tongguan.catalog.media.table.read import SUFFIXES, head_of, read_stream, suffix

MIMES = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": "application/vnd.apache.parquet",
}
SHOWN_ROWS = 6
SHOWN_COLUMNS = 6


class TableType:
    """Contract of `MediaType` for `table`."""

    id = "table"
    title: Mapping[str, str] = {"en": "Table", "zh": "表格"}
    suffixes = SUFFIXES
    figures: tuple[str, ...] = ("rows", "columns")
    limits = f"{MAX_BYTES // 2**20} MiB, 100 million cells, 4,096 columns"

    def probe(self, stream: BinaryIO, name: str) -> MediaFacts:
        """Column names and types, judged by the first 200 rows."""
        return table_facts(head_of(stream, name), name)

    def verify(self, stream: BinaryIO, name: str) -> MediaFacts:
        """Reads every row; those that do not fit the heading are counted as `refused`."""
        table = read_stream(stream, name)
        facts = table_facts(table, name)
        return MediaFacts(
            facts.media, facts.format, facts.mime,
            details={**facts.details, "rows": table.rows, "refused": len(table.refused)},
        )  # fmt: skip

    def preview(self, stream: BinaryIO, name: str, longest: int) -> Preview:
        """The first rows of the first columns."""
        table = head_of(stream, name, SHOWN_ROWS)
        columns = table.columns[:SHOWN_COLUMNS]
        lines = [" | ".join(column.name for column in columns)]
        lines += [" | ".join(column.text(row) or "" for column in columns) for row in range(table.rows)]
        return Preview(text="\n".join(lines))


def table_facts(table: Table, name: str) -> MediaFacts:
    """Facts of a table or of its head."""
    if not table.columns:
        raise MediaProblem("unreadable", "the table is empty")
    ending = suffix(name)
    details = {
        "columns": len(table.columns),
        "names": list(table.names[:200]),
        "types": {column.name: column.type for column in table.columns[:200]},
    }
    return MediaFacts("table", ending.lstrip(".") or "csv", MIMES.get(ending, "text/csv"), details=details)
