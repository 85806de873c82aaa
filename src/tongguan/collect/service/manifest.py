"""`manifest.csv`: licence, consent, group and provenance of single items, beside the pictures of a batch."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from tongguan.core.errors import Invalid

MANIFEST = "manifest.csv"
NAME_COLUMNS = ("name", "file", "filename", "path", "item", "image", "url", "key")
ALIASES = {"license": "licence", "group_key": "group"}
TERMS = ("licence", "consent", "group")
CELL_LIMIT = 1000

Row = Mapping[str, str]


def text_of(file: BinaryIO) -> io.TextIOWrapper:
    """The file as text: UTF-8 with or without mark, else GB18030 (what Chinese Excel writes)."""
    head = file.read(1 << 16)
    file.seek(0)
    encoding = "utf-8-sig"
    try:
        head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:  # not just a character cut at the end of what was looked at
            encoding = "gb18030"
    return io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")


def read_rows(file: BinaryIO, where: str) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Yields (line, name, cells by lower-case column). Invalid names the line when the CSV cannot be read."""
    reader = csv.reader(text_of(file))
    try:
        header = [column.strip().lower() for column in next(reader, [])]
        header = [ALIASES.get(column, column) for column in header]
        index = next((header.index(column) for column in NAME_COLUMNS if column in header), None)
        if index is None:
            raise Invalid(
                "collect.manifest",
                f"{where}: line 1 must name a column {', '.join(NAME_COLUMNS[:4])}.",
                {"file": where, "line": 1, "columns": header[:20]},
            )
        for cells in reader:
            name = cells[index].strip() if index < len(cells) else ""
            if name:
                yield reader.line_num, name, {c: v.strip()[:CELL_LIMIT] for c, v in zip(header, cells, strict=False)}
    except csv.Error as error:
        raise Invalid(
            "collect.manifest",
            f"{where}: line {reader.line_num} is not CSV: {error}.",
            {"file": where, "line": reader.line_num},
        ) from None


def load_manifest(file: BinaryIO) -> dict[str, dict[str, str]]:
    """All rows of a manifest by item name (`/` as separator)."""
    return {name.replace("\\", "/").removeprefix("./"): row for _, name, row in read_rows(file, MANIFEST)}


def other_cells(row: Row) -> dict[str, str]:
    """The cells that are kept as an item's provenance: all but name, licence, consent and group."""
    return {
        column: value for column, value in row.items() if column and value and column not in (*NAME_COLUMNS, *TERMS)
    }
