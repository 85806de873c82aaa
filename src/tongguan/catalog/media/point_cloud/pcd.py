"""PCD of the Point Cloud Library: ascii, binary, and binary_compressed (LZF, fields one after the other)."""

from __future__ import annotations

import io
import struct
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

LONGEST_HEADER = 64
MOST_BYTES = 4 * 2**30


def read_header(stream: BinaryIO) -> Header:
    """Fields, sizes and number of points. Raises MediaProblem: wrong_type, unreadable."""
    found: dict[str, list[str]] = {}
    for _ in range(LONGEST_HEADER):
        line = stream.readline(65536)
        if not line:
            break
        words = line.decode("ascii", "replace").split("#")[0].split()
        if not words:
            continue
        found[words[0].upper()] = words[1:]
        if words[0].upper() == "DATA":
            return _header(found, stream.tell())
    raise MediaProblem("wrong_type" if "FIELDS" not in found else "truncated", "the file has no PCD header with DATA")


def read_cloud(stream: BinaryIO) -> Cloud:
    """All points. Raises MediaProblem: truncated, unreadable."""
    header = read_header(stream)
    if header.coding == "ascii":
        return _ascii(header, stream)
    if header.coding == "binary":
        size = sum(kind.itemsize for kind in header.types)
        return of_structure(header, stream.read(size * header.points))
    return _compressed(header, stream)


def _header(found: dict[str, list[str]], start: int) -> Header:
    try:
        names, sizes, kinds = found["FIELDS"], found["SIZE"], found["TYPE"]
        counts = [int(each) for each in found.get("COUNT", ["1"] * len(names))]
        points = int(found["POINTS"][0]) if "POINTS" in found else int(found["WIDTH"][0]) * int(found["HEIGHT"][0])
        fields: list[str] = []
        types: list[np.dtype[np.generic]] = []
        for name, size, kind, count in zip(names, sizes, kinds, counts, strict=True):
            check_size(points, len(fields) + count)
            for at in range(count):
                plain = name if name != "_" else f"_{len(fields)}"
                fields.append(plain if count == 1 else f"{plain}_{at}")
                types.append(np.dtype(f"<{kind.lower()}{int(size)}"))
    except (KeyError, ValueError, IndexError, TypeError) as error:
        raise MediaProblem("unreadable", f"the PCD header is damaged: {error}") from error
    coding = found["DATA"][0].lower() if found["DATA"] else ""
    known = {"ascii": "ascii", "binary": "binary", "binary_compressed": "compressed"}
    if coding not in known or len(set(fields)) != len(fields):
        raise MediaProblem("unreadable", f"a PCD with DATA {coding} and the fields {', '.join(fields[:20])}")
    check_size(points, len(fields))
    return Header("PCD", points, tuple(fields), known[coding], start, tuple(types))


def _ascii(header: Header, stream: BinaryIO) -> Cloud:
    record = np.dtype([(name, np.float64) for name in header.fields])
    data = stream.read(MOST_BYTES)
    check_written(header, len(data))
    rows = np.zeros(header.points, dtype=record)
    text = io.TextIOWrapper(io.BytesIO(data), "ascii", errors="replace")
    at = 0
    for line in text:
        words = line.split()
        if not words:
            continue
        if at >= header.points:
            break
        try:
            rows[at] = tuple(float(word) for word in words)
        except (ValueError, TypeError) as error:
            raise MediaProblem("unreadable", f"point {at + 1} is no row of {len(header.fields)} numbers") from error
        at += 1
    if at < header.points:
        raise short(at, header.points)
    return of_columns(header, rows)


def _compressed(header: Header, stream: BinaryIO) -> Cloud:
    sizes = stream.read(8)
    if len(sizes) < 8:
        raise short(0, header.points)
    packed, unpacked = struct.unpack("<II", sizes)
    expected = header.points * sum(kind.itemsize for kind in header.types)
    if unpacked != expected:
        raise MediaProblem("unreadable", f"the points unpack to {unpacked:,} bytes, the header says {expected:,}")
    data = stream.read(packed)
    if len(data) < packed:
        raise MediaProblem("truncated", f"{len(data):,} packed bytes, the header says {packed:,}")
    plain = unpack_lzf(data, unpacked)
    record = np.dtype([(name, kind) for name, kind in zip(header.fields, header.types, strict=True)])
    rows = np.zeros(header.points, dtype=record)
    at = 0
    for name, kind in zip(header.fields, header.types, strict=True):
        length = kind.itemsize * header.points
        rows[name] = np.frombuffer(plain[at : at + length], dtype=kind)
        at += length
    return of_columns(header, rows)


def unpack_lzf(data: bytes, size: int) -> bytes:
    """LZF by Marc Lehmann: a byte below 32 is followed by that many literals + 1, else it begins a copy from before.

    Raises MediaProblem `unreadable` where a copy points before the start, or the result is not `size` bytes long.
    """
    out = bytearray()
    at = 0
    while at < len(data):
        control = data[at]
        at += 1
        if control < 32:
            out += data[at : at + control + 1]
            at += control + 1
            continue
        length = control >> 5
        if length == 7:
            length += data[at] if at < len(data) else 0
            at += 1
        start = len(out) - ((control & 31) << 8) - (data[at] if at < len(data) else 0) - 1
        at += 1
        if start < 0 or len(out) > size:
            raise MediaProblem("unreadable", "the packed points are damaged")
        length += 2
        piece = bytes(out[start : start + length])  # shorter than the copy where it reaches into itself: it repeats
        out += (piece * (length // len(piece) + 1))[:length]
    if len(out) != size:
        raise MediaProblem("unreadable", f"the packed points unpack to {len(out):,} bytes, not {size:,}")
    return bytes(out)
