"""Tables: CSV (encoding and separator found), XLSX, Parquet, read as typed columns."""

from __future__ import annotations

from tongguan.catalog.media.table.base import Cleaning, Column, ColumnType, Part, RefusedRow, Table, matrix
from tongguan.catalog.media.table.facts import ColumnFacts, column_facts
from tongguan.catalog.media.table.kind import TableType
from tongguan.catalog.media.table.read import SUFFIXES, Source, read_names, read_table

__all__ = [
    "SUFFIXES",
    "Cleaning",
    "Column",
    "ColumnFacts",
    "ColumnType",
    "Part",
    "RefusedRow",
    "Source",
    "Table",
    "TableType",
    "column_facts",
    "matrix",
    "read_names",
    "read_table",
]
