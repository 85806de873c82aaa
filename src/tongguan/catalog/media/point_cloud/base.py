"""A point cloud in memory, and what its header says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tongguan.catalog.media.base import MediaProblem

MOST_POINTS = 100_000_000
MOST_FIELDS = 256


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says before its points. `coding`: ascii, binary, compressed; `start`: the byte where points begin."""

    format: str
    points: int
    fields: tuple[str, ...]
    coding: str
    start: int = 0
    types: tuple[np.dtype[np.generic], ...] = ()
    bounds: tuple[float, ...] | None = None  # x, y, z least, then greatest


@dataclass(frozen=True, slots=True, eq=False)
class Cloud:
    """`xyz` n x 3 in the file's own unit (metres, as a rule), NaN where a sensor saw nothing; `intensity` n or None."""

    header: Header
    xyz: NDArray[np.float64]
    intensity: NDArray[np.float64] | None = None


def check_size(points: int, fields: int) -> None:
    """Raises MediaProblem `unreadable` above 100 million points or 256 fields."""
    if not 0 <= points <= MOST_POINTS or not 0 < fields <= MOST_FIELDS:
        raise MediaProblem("unreadable", f"{points:,} points of {fields} fields: refused")


def short(there: int, said: int) -> MediaProblem:
    """Fewer points than the header says."""
    return MediaProblem("truncated", f"{there:,} points, the header says {said:,}")


def check_written(header: Header, size: int) -> None:
    """Before room is made for points written as text: each number takes a digit and a blank. Raises MediaProblem."""
    if header.points * len(header.fields) * 2 > size + 2:
        raise short(size // (2 * len(header.fields)), header.points)


def of_structure(header: Header, data: bytes) -> Cloud:
    """A cloud from packed records. Raises MediaProblem `truncated`."""
    record = np.dtype([(name, kind) for name, kind in zip(header.fields, header.types, strict=True)])
    there = len(data) // record.itemsize
    if there < header.points:
        raise short(there, header.points)
    return of_columns(header, np.frombuffer(data, dtype=record, count=header.points))


def of_columns(header: Header, rows: NDArray[np.void]) -> Cloud:
    """A cloud from a structured array with the fields x, y and z. Raises MediaProblem where one is missing."""
    lowered = {name.lower(): name for name in header.fields}
    if not {"x", "y", "z"} <= set(lowered):
        raise MediaProblem("unreadable", f"the points have no x, y and z, but {', '.join(header.fields[:20])}")
    xyz = np.column_stack([rows[lowered[axis]].astype(np.float64) for axis in "xyz"])
    strength = next((lowered[name] for name in ("intensity", "i", "reflectance") if name in lowered), None)
    return Cloud(header, xyz, None if strength is None else rows[strength].astype(np.float64))
