"""LAS 1.0 to 1.4: header and points of all formats 0 to 10; packed LAZ is named, not read."""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

import numpy as np

from tongguan.catalog.media.base import MediaProblem
from tongguan.catalog.media.point_cloud.base import Cloud, Header, check_size, short

# Bytes of one point by format, extra bytes apart (ASPRS LAS 1.4 R15, tables 7 to 17).
SIZES = {0: 20, 1: 28, 2: 26, 3: 34, 4: 57, 5: 63, 6: 30, 7: 36, 8: 38, 9: 59, 10: 67}


def read_header(stream: BinaryIO) -> Header:
    """Number of points, format and bounds. Raises MediaProblem: wrong_type, truncated, unreadable."""
    return _parse(stream)[0]


def read_cloud(stream: BinaryIO) -> Cloud:
    """Coordinates = whole numbers x scale + offset; intensity as stored. Raises MediaProblem: truncated."""
    header, size, scale, offset = _parse(stream)
    stream.seek(header.start)
    data = stream.read(size * header.points)
    if len(data) < size * header.points:
        raise short(len(data) // size, header.points)
    raw = np.frombuffer(data, dtype=np.uint8).reshape(header.points, size)
    whole = np.ascontiguousarray(raw[:, :12]).view("<i4").reshape(-1, 3)
    strength = np.ascontiguousarray(raw[:, 12:14]).view("<u2").reshape(-1).astype(np.float64)
    return Cloud(header, whole * scale + offset, strength)


def _parse(
    stream: BinaryIO,
) -> tuple[Header, int, np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    head = stream.read(375)
    if head[:4] != b"LASF":
        raise MediaProblem("wrong_type", "the file does not begin like a LAS")
    if len(head) < 227:
        raise MediaProblem("truncated", "the LAS header is cut")
    version = f"{head[24]}.{head[25]}"
    start, _, kind, size, points = struct.unpack_from("<IIBHI", head, 96)
    if kind & 0x80:
        raise MediaProblem("unreadable", "a packed LAZ: unpack it to LAS (laszip -i a.laz -o a.las)")
    if head[25] >= 4 and len(head) >= 255:
        points = struct.unpack_from("<Q", head, 247)[0]
    if kind not in SIZES or size < SIZES[kind]:
        raise MediaProblem("unreadable", f"a LAS {version} with points of format {kind} and {size} bytes")
    check_size(points, 1)
    figures = struct.unpack_from("<12d", head, 131)
    bounds = (figures[7], figures[9], figures[11], figures[6], figures[8], figures[10])
    there = stream.seek(0, io.SEEK_END) - start
    if there < size * points:
        raise short(max(0, there // size), points)
    header = Header(f"LAS {version}", points, ("x", "y", "z", "intensity"), "binary", start, (), bounds)
    return header, size, np.array(figures[:3]), np.array(figures[3:6])
