"""Coordinates in pixels that several kinds share: types, extent, and whether all of it lies in the picture."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tongguan.catalog.labels.base import Bounds

# Files with six decimals of a relative coordinate are wrong by up to 0.03 px on the largest picture allowed.
OUTSIDE_TOLERANCE = 0.1

Coordinate = Annotated[float, Field(allow_inf_nan=False, ge=-1e7, le=1e7)]
Extent = Annotated[float, Field(allow_inf_nan=False, ge=0, le=1e7)]
Angle = Annotated[float, Field(allow_inf_nan=False, ge=-360, le=360)]
Point = tuple[Coordinate, Coordinate]
Floats = npt.NDArray[np.float64]

MOST_POINTS = 100_000


def bounds_of(points: Iterable[tuple[float, float]] | Floats) -> Bounds:
    """The smallest upright rectangle round some points, at least one."""
    array = np.asarray(points if isinstance(points, np.ndarray) else list(points), dtype=np.float64)
    (left, top), (right, bottom) = array.min(axis=0).tolist(), array.max(axis=0).tolist()
    return Bounds(x=left, y=top, width=right - left, height=bottom - top)


def outside(bounds: Bounds, width: int, height: int) -> tuple[str, ...]:
    """`label_outside` when an edge leaves a picture of width x height pixels by more than 0.1 px."""
    inside = (
        bounds.x >= -OUTSIDE_TOLERANCE
        and bounds.y >= -OUTSIDE_TOLERANCE
        and bounds.x + bounds.width <= width + OUTSIDE_TOLERANCE
        and bounds.y + bounds.height <= height + OUTSIDE_TOLERANCE
    )
    return () if inside else ("label_outside",)


def turned(center: tuple[float, float], offsets: Floats, angle: float) -> Floats:
    """Points (N, 2) at `offsets` from a centre, turned by `angle` degrees clockwise as seen on the picture (y down)."""
    turn = np.deg2rad(angle)
    cos, sin = float(np.cos(turn)), float(np.sin(turn))
    return np.asarray(offsets @ np.array([[cos, sin], [-sin, cos]]) + np.asarray(center))
