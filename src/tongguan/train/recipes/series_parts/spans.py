"""Where the sides of a run lie in a series."""

from __future__ import annotations

from tongguan.catalog.media.table import Table
from tongguan.train.recipes.items import Gathered, Side
from tongguan.train.recipes.series_parts.table import Series


def span_of(gathered: Gathered, table: Table, series: Series, side: Side) -> tuple[int, int]:
    """First row of a side and the row after its last, in order of time; (0, 0) where it is empty.

    Rows are known by their numbers: the file may have another name by now.
    """
    place = {row: at for at, row in enumerate(series.order.tolist())}
    names = {name.rpartition(":")[2]: row for row, name in enumerate(table.items())}
    if len(names) < table.rows:
        names = {name: row for row, name in enumerate(table.items())}
    rows = []
    for item in gathered.items:
        if item.side == side:
            key = item.name if item.name in names else item.name.rpartition(":")[2]
            rows.append(place[names[key]])
    return (min(rows), max(rows) + 1) if rows else (0, 0)
