"""XLSX: the first sheet that holds a table, row by row, with the limits of a zip archive."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.libraries import load
from tongguan.catalog.media.table.delimited import has_heading

MOST_UNPACKED = 1 << 30
MOST_RATIO = 200


def read_rows(stream: BinaryIO) -> tuple[list[str], Iterator[list[str]], str]:
    """(heading, rows as text, words on the sheet). Formulas give the value that the writing program stored.

    Raises MediaProblem: wrong_type, unreadable (damaged, protected, too large, no rows).
    """
    _check_archive(stream)
    library = load("openpyxl", "an XLSX table")
    try:
        book = library.load_workbook(stream, read_only=True, data_only=True)
    except Exception as error:
        raise MediaProblem("unreadable", f"the workbook is damaged: {str(error)[:160]}") from error
    names: list[str] = list(book.sheetnames)
    for name in names:
        sheet = book[name]
        if not hasattr(sheet, "iter_rows"):
            continue
        sheet.reset_dimensions()
        rows = _rows(sheet)
        first = next(rows, None)
        if first is None:
            continue
        others = f"; {len(names) - 1} more sheets" if len(names) > 1 else ""
        words = f"sheet {name}{others}"
        if has_heading(first):
            return first, rows, words
        return [f"column {at}" for at in range(1, len(first) + 1)], _again(first, rows), f"{words}, no heading"
    raise MediaProblem("unreadable", "no sheet of the workbook holds rows")


def _check_archive(stream: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(stream) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
            packed = sum(member.compress_size for member in archive.infolist())
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        cut = "truncated" if "not a zip" in str(error) and _begins_as_zip(stream) else "wrong_type"
        words = "the workbook's end is missing" if cut == "truncated" else "the file is no XLSX workbook"
        raise MediaProblem(cut, words) from error
    finally:
        stream.seek(0)
    if "xl/workbook.xml" not in names:
        raise MediaProblem("wrong_type", "a zip archive that holds no XLSX workbook")
    if unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(packed, 1 << 16):
        raise MediaProblem("unreadable", f"the workbook unpacks to {unpacked:,} bytes: refused")


def _begins_as_zip(stream: BinaryIO) -> bool:
    stream.seek(0)
    return stream.read(4) == b"PK\x03\x04"


def _rows(sheet: Any) -> Iterator[list[str]]:
    try:
        for row in sheet.iter_rows(values_only=True):
            cells = [_text(cell) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield cells
    except MediaProblem:
        raise
    except Exception as error:
        raise MediaProblem("unreadable", f"the sheet is damaged: {str(error)[:160]}") from error


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ")
    return str(cell)


def _again(first: list[str], rows: Iterator[list[str]]) -> Iterator[list[str]]:
    yield first
    yield from rows
