"""Tables for spreadsheets: CSV whose cells are never taken for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")
CSV = "text/csv; charset=utf-8"


def safe(cell: str) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return "'" + cell if cell.startswith(FORMULA) else cell


def csv_parts(head: Sequence[str], windows: Iterable[Iterable[Sequence[Any]]]) -> Iterator[str]:
    """CSV text, part by part as the windows come; a mark at the start tells spreadsheets that it is UTF-8."""
    yield "\ufeff" + _lines([head])
    for window in windows:
        yield _lines(window)


def download(name: str) -> dict[str, str]:
    """Headers of a file to keep."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}


def _lines(rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return text.getvalue()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return safe(" ".join(str(each) for each in value))
    return safe(str(value))
