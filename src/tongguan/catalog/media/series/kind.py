"""The registered member for time series. It claims no ending: its files are tables, told by their content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import BinaryIO

from tongguan.catalog.media.base import MediaFacts, MediaProblem, Preview
from tongguan.catalog.media.series.rhythm import rhythm_of, time_column
from tongguan.catalog.media.table.base import MAX_BYTES, Table
from tongguan.catalog.media.table.kind import TableType
from tongguan.catalog.media.table.kind import table_facts as facts_of_table
from tongguan.catalog.media.table.read import head_of, read_stream


class SeriesType:
    """Contract of `MediaType` for `series`."""

    id = "series"
    title: Mapping[str, str] = {"en": "Time series", "zh": "时间序列"}
    suffixes: frozenset[str] = frozenset()
    figures: tuple[str, ...] = ("rows", "columns", "step")
    limits = f"{MAX_BYTES // 2**20} MiB, 100 million cells; one time column"

    def probe(self, stream: BinaryIO, name: str) -> MediaFacts:
        """Time column, step and gaps, judged by the first 200 rows."""
        return _facts(head_of(stream, name), name, {})

    def verify(self, stream: BinaryIO, name: str) -> MediaFacts:
        """Reads every row."""
        table = read_stream(stream, name)
        return _facts(table, name, {"rows": table.rows})

    def preview(self, stream: BinaryIO, name: str, longest: int) -> Preview:
        """The first rows."""
        return TableType().preview(stream, name, longest)


def _facts(table: Table, name: str, counts: dict[str, int]) -> MediaFacts:
    time = time_column(table)
    if time is None:
        raise MediaProblem("wrong_type", "no column of the table holds times, or several do: it is no time series")
    rhythm = rhythm_of(time)
    if rhythm is None:
        raise MediaProblem("unreadable", "a time series has at least two times")
    facts = facts_of_table(table, name)
    numbers = [column.name for column in table.columns if column.type == "number"]
    details = {**facts.details, **counts, "time": time.name, "values": numbers, **asdict(rhythm)}
    return MediaFacts("series", facts.format, facts.mime, details=details)
