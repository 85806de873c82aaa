"""CSV and TSV tables of any length, row by row, with the line of every complaint."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from tongguan.catalog.formats.base import ReadError, Report, Tree
from tongguan.catalog.formats.text import decode, read_lines

csv.field_size_limit(2**28)


def delimiter_of(line: str) -> str:
    """The likeliest of comma, tab and semicolon by how often it stands in the header."""
    return max(",\t;", key=line.count)


def header_of(head: bytes) -> list[str]:
    """Column names by the first bytes of a file; [] when they are no text."""
    try:
        line = decode(head.split(b"\n", 1)[0], "").strip("\r\n")
    except ReadError:
        return []
    return [name.strip() for name in next(csv.reader([line], delimiter=delimiter_of(line)), [])]


def rows(tree: Tree, path: str, report: Report, header: Sequence[str] = ()) -> Iterator[tuple[str, dict[str, str]]]:
    """(`FILE line N`, row by column name). Without `header` the first row names the columns. Damage is refused."""
    try:
        lines = _lines(tree, path)
        first = next(lines, "")
        reader = csv.reader(_chain(first, lines), delimiter=delimiter_of(first))
        names = list(header) or [name.strip().lstrip("\ufeff") for name in next(reader, [])]
        for row in reader:
            if any(cell.strip() for cell in row):
                yield f"{path} line {reader.line_num}", dict(zip(names, row, strict=False))
    except (ReadError, csv.Error) as error:
        report.refuse(path, "file", str(error) if isinstance(error, ReadError) else f"{path}: {error}")


def _lines(tree: Tree, path: str) -> Iterator[str]:
    for _, line in read_lines(tree, path, carriage=True):
        yield line.replace("\x00", "") + "\n"


def _chain(first: str, lines: Iterable[str]) -> Iterator[str]:
    yield first
    yield from lines


def row_text(cells: Iterable[object], delimiter: str = ",") -> str:
    """One line of a table, without its end."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerow(list(cells))
    return text.getvalue().removesuffix("\r\n")
