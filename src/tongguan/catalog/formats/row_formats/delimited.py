"""Rows of CSV and TSV tables: a class for each row, corrections of cells, sides and groups in columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tongguan.catalog.formats.base import ReadItem, Report, Sink, Sniff, Tree
from tongguan.catalog.formats.pictures import is_picture
from tongguan.catalog.formats.row_formats.cells import Gathered, RowFormat, row_item, several_targets, target_of
from tongguan.catalog.formats.sniffing import members_of
from tongguan.catalog.formats.tables import header_of, row_text, rows
from tongguan.catalog.formats.text import read_head
from tongguan.catalog.formats.unlabelled import DATA_SUFFIXES, PROSE

SUFFIXES = frozenset({".csv", ".tsv"})
# Written so by JSON and by Python: reading and writing again gives the same cell. `007` and `1.50` stay texts.
WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:e-?[0-9]+)?")


class TableFormat(RowFormat):
    """Contract of `Format` for `table`: a row is an item FILE:N, its column label (target, class, fault, y) the class.

    An empty cell is a missing one. `labels` holds what a class alone cannot say, as JSON; `split` and `group` as named.
    """

    id = "table"
    title = "rows of a CSV table"

    def sniff(self, tree: Tree) -> Sniff:
        """CSV or TSV files with headings, and nothing else that could be items."""
        found = [path for path in members_of(tree, SUFFIXES) if len(header_of(read_head(tree, path))) > 1]
        if not found:
            return Sniff(0.0, "no CSV table with a heading")
        other = next((path for path in tree.list() if _other(path)), None)
        return Sniff(
            0.2 if other else 0.6, f"{found[0]} is a table with a heading" + (f"; beside {other}" * bool(other))
        )

    def read(self, tree: Tree, report: Report) -> Iterator[ReadItem]:
        """Every row of every table."""
        for path in members_of(tree, SUFFIXES):
            names = header_of(read_head(tree, path, 2**20))
            target = target_of(names)
            several_targets(names, path, report)
            for number, (_, cells) in enumerate(rows(tree, path, report), start=1):
                row = {name: _value(cell) for name, cell in cells.items()}
                if target is not None and row.get(target) is not None:
                    row[target] = cells[target].strip()
                yield row_item((path, number), row, target, report)

    def save(self, rows: Gathered, sink: Sink) -> None:
        """table.csv."""
        sink.write("table.csv", _chunks(rows))


def _other(path: str) -> bool:
    suffix = path.lower()[path.rfind(".") :] if "." in path else ""
    return is_picture(path) or (suffix in DATA_SUFFIXES - SUFFIXES and not PROSE.search(path))


def _value(cell: str) -> Any:
    if not cell:
        return None
    if WHOLE.fullmatch(cell) and cell != "-0":
        return int(cell)
    if DECIMAL.fullmatch(cell) and repr(float(cell)) == cell:
        return float(cell)
    return cell


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value) if isinstance(value, float) else str(value)


def _chunks(rows: Gathered) -> Iterator[bytes]:
    columns = rows.columns
    yield (row_text(columns) + "\n").encode("utf-8", "surrogatepass")
    for row in rows.rows():
        yield (row_text(_cell(row.get(name)) for name in columns) + "\n").encode("utf-8", "surrogatepass")
