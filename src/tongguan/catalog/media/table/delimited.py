"""CSV and its relatives: encoding, separator and heading are found, rows stream by."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, cast

from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.table.values import parse_number, parse_time
from tongguan.catalog.media.text.encoding import find_encoding

SEPARATORS = (",", "\t", ";", "|")
LOOKED_AT = 1 << 16
LONGEST_CELL = 1 << 20

csv.field_size_limit(LONGEST_CELL)


def read_rows(stream: BinaryIO) -> tuple[list[str], Iterator[list[str]], str]:
    """(heading, rows, words on encoding and separator). Empty lines are no rows. A file without words in its first
    line has no heading: its columns are called `column 1` and so on.

    Raises MediaProblem `unreadable` for an empty file and for bytes in no known encoding.
    """
    codec = find_encoding(stream)
    text = io.TextIOWrapper(cast(BinaryIO, _Kept(stream)), encoding=codec, newline="")
    start = text.read(LOOKED_AT)
    if "\x00" in start:
        raise MediaProblem("wrong_type", "the file holds zero bytes: it is no table of text")
    if not start.strip():
        raise MediaProblem("unreadable", "the table is empty")
    separator = find_separator(start)
    text.seek(0)
    rows = _filled(csv.reader(text, delimiter=separator))
    first = next(rows)
    said = {"\t": "tab"}.get(separator, separator)
    words = f"{codec.upper().replace('UTF-8-SIG', 'UTF-8 with mark')}, columns parted by {said}"
    if has_heading(first):
        return first, rows, words
    names = [f"column {number}" for number in range(1, len(first) + 1)]
    return names, _again(first, rows), f"{words}, no heading"


def find_separator(start: str) -> str:
    """The separator that parts the first lines into the same number of columns, most columns first; else a comma."""
    best, best_score = ",", 0.0
    for separator in SEPARATORS:
        rows = csv.reader(io.StringIO(start, newline=""), delimiter=separator)
        try:
            widths = Counter(len(row) for row in islice(rows, 200) if row)
        except csv.Error:
            continue
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        score = (width > 1) * (count / widths.total()) * (1 + 0.01 * min(width, 50))
        if score > best_score:
            best, best_score = separator, score
    return best


def has_heading(first: list[str]) -> bool:
    """A heading names things: a line in which some cell is filled and none is a number or a date."""
    filled = [cell.strip() for cell in first if cell.strip()]
    if not filled:
        return False
    values = sum(parse_number(cell) is not None or parse_time(cell) is not None for cell in filled)
    return values <= len(filled) // 4 if len(filled) > 3 else values == 0


def _filled(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise MediaProblem("unreadable", f"the table cannot be parted into cells: {error}") from error
        if row and any(cell.strip() for cell in row):
            yield row


def _again(first: list[str], rows: Iterator[list[str]]) -> Iterator[list[str]]:
    yield first
    yield from rows


class _Kept(io.BufferedIOBase):
    """Lets a text wrapper end without closing the stream below it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def seekable(self) -> bool:
        """It goes back to the start."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Goes to a place."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Where it is."""
        return self._stream.tell()

    def read1(self, size: int = -1) -> bytes:
        """The next bytes."""
        return self._stream.read(size if size >= 0 else 1 << 16)

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes, or all of them."""
        return self._stream.read(-1 if size is None else size)
