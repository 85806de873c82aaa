"""PLY: ascii, and binary of either byte order; the element `vertex`."""

from __future__ import annotations

import io
from typing import BinaryIO

import numpy as np

from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.point_cloud.base import (
    Cloud,
    Header,
    check_size,
    check_written,
    of_columns,
    of_structure,
    short,
)

TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2",
    "ushort": "u2", "uint16": "u2",
    "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4",
    "double": "f8", "float64": "f8",
}  # fmt: skip
ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
LONGEST_HEADER = 1000


def read_header(stream: BinaryIO) -> Header:
    """Fields and number of points. Raises MediaProblem: wrong_type, unreadable."""
    if stream.readline(64).strip() != b"ply":
        raise MediaProblem("wrong_type", "the file does not begin like a PLY")
    coding, points, fields, types = "", -1, list[str](), list[np.dtype[np.generic]]()
    element = ""
    before = False
    for _ in range(LONGEST_HEADER):
        words = stream.readline(65536).decode("ascii", "replace").split()
        if not words:
            break
        if words[0] == "format" and len(words) > 1:
            coding = words[1]
        elif words[0] == "element" and len(words) == 3:
            element = words[1]
            before = before or (element != "vertex" and points < 0 and words[2] != "0")
            points = _count(words[2]) if element == "vertex" else points
        elif words[0] == "property" and element == "vertex":
            fields.append(words[-1])
            types.append(_type(words, coding))
        elif words[0] == "end_header":
            return _checked(coding, points, fields, types, stream.tell(), before=before)
    raise MediaProblem("truncated", "the PLY header has no end")


def read_cloud(stream: BinaryIO) -> Cloud:
    """All vertices. Raises MediaProblem: truncated, unreadable."""
    header = read_header(stream)
    if header.coding == "binary":
        size = sum(kind.itemsize for kind in header.types)
        return of_structure(header, stream.read(size * header.points))
    data = stream.read()
    check_written(header, len(data))
    rows = np.zeros(header.points, dtype=np.dtype([(name, np.float64) for name in header.fields]))
    text = io.TextIOWrapper(io.BytesIO(data), "ascii", errors="replace")
    for at in range(header.points):
        words = text.readline().split()
        if not words:
            raise short(at, header.points)
        try:
            rows[at] = tuple(float(word) for word in words[: len(header.fields)])
        except (ValueError, TypeError) as error:
            raise MediaProblem("unreadable", f"vertex {at + 1} is no row of {len(header.fields)} numbers") from error
    return of_columns(header, rows)


def _count(word: str) -> int:
    try:
        return int(word)
    except ValueError as error:
        raise MediaProblem("unreadable", f"the PLY header counts {word[:40]} vertices") from error


def _type(words: list[str], coding: str) -> np.dtype[np.generic]:
    if len(words) != 3 or words[1] not in TYPES or coding not in ORDERS:
        raise MediaProblem("unreadable", f"a vertex of a PLY ({coding}) with the property {' '.join(words[1:])[:80]}")
    return np.dtype(ORDERS[coding] + TYPES[words[1]])


def _checked(
    coding: str, points: int, fields: list[str], types: list[np.dtype[np.generic]], start: int, *, before: bool
) -> Header:
    if coding not in ORDERS or points < 0 or before or len(set(fields)) != len(fields):
        raise MediaProblem("unreadable", f"a PLY ({coding or 'no format'}) whose first element is not vertex")
    check_size(points, len(fields))
    return Header("PLY", points, tuple(fields), "ascii" if coding == "ascii" else "binary", start, tuple(types))
