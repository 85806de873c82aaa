"""Region, extent and crossings of a polygon."""

from __future__ import annotations

import numpy as np

from tongguan.catalog.labels import region
from tongguan.catalog.labels.base import Bounds
from tongguan.catalog.labels.coordinates import Floats, bounds_of, outside
from tongguan.catalog.labels.polygon.schema import PolygonShape


def rings(label: PolygonShape) -> list[Floats]:
    """All outlines and holes (N, 2). As a region, what an even number of them encloses is cut out.

    So a hole counts as a hole, and two parts of one thing that overlap by mistake lose their overlap.
    """
    return [np.array(ring) for part in label.parts for ring in (part.points, *part.holes)]


def area(label: PolygonShape) -> float:
    """Square pixels, holes cut out."""
    return region.area(rings(label))


def bounds(label: PolygonShape) -> Bounds:
    """Upright rectangle round all outlines."""
    return bounds_of(np.concatenate([np.array(part.points) for part in label.parts]))


def problems(label: PolygonShape, width: int, height: int) -> tuple[str, ...]:
    """`zero_area`, `self_crossing` when an outline crosses itself, `label_outside` beyond 0.1 px."""
    found = rings(label)
    flat = ("zero_area",) if area(label) <= 0 else ()
    crossed = ("self_crossing",) if any(map(region.crosses_itself, found)) else ()
    return (*flat, *crossed, *outside(bounds(label), width, height))
