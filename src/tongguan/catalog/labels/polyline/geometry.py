"""Length of a line, points spread over it, distances to it."""

from __future__ import annotations

import numpy as np

from tongguan.catalog.labels.base import Bounds
from tongguan.catalog.labels.coordinates import Floats, bounds_of, outside
from tongguan.catalog.labels.polyline.schema import PolylineShape


def length(line: Floats) -> float:
    """Pixels along a line (N, 2)."""
    return float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())


def spread(line: Floats, count: int) -> Floats:
    """`count` points (count, 2) at even distances along a line (N, 2), its ends included."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    at = np.linspace(0.0, along[-1], count)
    return np.stack([np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])], axis=1)


def distances(points: Floats, line: Floats) -> Floats:
    """Distance in pixels of each point (N, 2) to the nearest place of a line (M, 2)."""
    start, way = line[:-1], np.diff(line, axis=0)
    size = (way**2).sum(axis=1)
    apart = points[:, None] - start[None]
    share = np.clip((apart * way).sum(axis=2) / np.where(size > 0, size, 1.0), 0.0, 1.0)
    near: Floats = np.linalg.norm(apart - share[..., None] * way, axis=2).min(axis=1)
    return near


def bounds(label: PolylineShape) -> Bounds:
    """Upright rectangle round the points."""
    return bounds_of(label.points)


def problems(label: PolylineShape, width: int, height: int) -> tuple[str, ...]:
    """`zero_area` for a line without length; `label_outside` when a point leaves the picture by more than 0.1 px."""
    flat = ("zero_area",) if length(np.array(label.points)) <= 0 else ()
    return (*flat, *outside(bounds(label), width, height))
