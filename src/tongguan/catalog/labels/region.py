"""Areas of plane regions that straight edges bound, exact up to rounding: polygons with holes, turned rectangles.

A region is a list of rings. A point belongs to it when a ray from it crosses the rings an odd number of times (the
even-odd rule), so a hole is a ring inside another one, and a ring that crosses itself has a defined area too.

Method: the plane is cut into horizontal slabs at every corner and at every crossing of two edges. Within a slab no
edges cross, so sorted by their position at mid-height they bound trapezoids, and the area of any combination of two
regions is the sum of width at mid-height times height (the trapezoid rule, exact for straight edges). This is the
scan-line form of the sweep of Nievergelt and Preparata, "Plane-sweep algorithms for intersecting geometric figures",
Communications of the ACM 25 (1982), 739-747.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tongguan.catalog.labels.coordinates import Floats

Rings = Sequence[Floats]

# Pairs of edges, or of slab and edge, looked at in one piece: 8 bytes a number keeps this below 40 MB.
_PIECE = 1_000_000


def area(rings: Rings) -> float:
    """Area of a region in square pixels, under the even-odd rule."""
    return intersection_union(rings, ())[1]


def iou(first: Rings, second: Rings) -> float:
    """Intersection over union in [0, 1]; 0 where both are empty."""
    shared, union = intersection_union(first, second)
    return min(1.0, max(0.0, shared / union)) if union > 0 else 0.0


def intersection_union(first: Rings, second: Rings) -> tuple[float, float]:
    """Areas of the intersection and of the union of two regions, each a list of rings (N, 2)."""
    edges, owner = _edges(first, second)
    if not len(edges):
        return 0.0, 0.0
    # Shifted and scaled to the unit square: crossings lose no digits to a far-away origin.
    low = edges.reshape(-1, 2).min(axis=0)
    span = float((edges.reshape(-1, 2).max(axis=0) - low).max()) or 1.0
    edges = (edges - low) / span
    level = edges[:, 0, 1] == edges[:, 1, 1]  # by rounding
    edges, owner = edges[~level], owner[~level]
    if not len(edges):
        return 0.0, 0.0
    cuts = np.unique(np.concatenate([edges[:, :, 1].ravel(), *_crossings(edges)]))
    shared = union = 0.0
    for between, heights in _slabs(cuts, len(edges)):
        widths = _widths(edges, owner, between)
        shared += float(widths[0] @ heights)
        union += float(widths[1] @ heights)
    return shared * span * span, union * span * span


def _edges(first: Rings, second: Rings) -> tuple[Floats, Floats]:
    """Edges (N, 2, 2) from the upper to the lower end without level ones, and which region each belongs to, 0 or 1."""
    found, owner = [], []
    for number, rings in enumerate((first, second)):
        for ring in rings:
            edges = np.stack([ring, np.roll(ring, -1, axis=0)], axis=1)
            edges = edges[edges[:, 0, 1] != edges[:, 1, 1]]
            upward = edges[:, 0, 1] > edges[:, 1, 1]
            edges[upward] = edges[upward, ::-1]
            found.append(edges)
            owner.append(np.full(len(edges), float(number)))
    if not found:
        return np.zeros((0, 2, 2)), np.zeros(0)
    return np.concatenate(found), np.concatenate(owner)


def _crossings(edges: Floats) -> Iterator[Floats]:
    """Heights at which two edges cross, whoever they belong to."""
    start, way = edges[:, 0], edges[:, 1] - edges[:, 0]
    rows = max(1, _PIECE // len(edges))
    for begin in range(0, len(edges), rows):
        piece = slice(begin, begin + rows)
        turn = _cross(way[piece, None], way[None])
        apart = start[None] - start[piece, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            along = _cross(apart, way[None]) / turn
            other = _cross(apart, way[piece, None]) / turn
        meets = (turn != 0) & (along > 0) & (along < 1) & (other > 0) & (other < 1)
        at, _ = np.nonzero(meets)
        yield start[piece][at, 1] + along[meets] * way[piece][at, 1]


def _cross(first: Floats, second: Floats) -> Floats:
    return first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]


def _slabs(cuts: Floats, edges: int) -> Iterator[tuple[Floats, Floats]]:
    """Mid-heights and heights of the slabs between the cuts, in pieces."""
    middle, heights = (cuts[1:] + cuts[:-1]) / 2, np.diff(cuts)
    rows = max(1, _PIECE // edges)
    for begin in range(0, len(middle), rows):
        yield middle[begin : begin + rows], heights[begin : begin + rows]


def _widths(edges: Floats, owner: Floats, heights: Floats) -> tuple[Floats, Floats]:
    """Width of the intersection and of the union along horizontal lines, each of shape (lines,)."""
    (x0, y0), (x1, y1) = edges[:, 0].T, edges[:, 1].T
    meets = (y0 <= heights[:, None]) & (heights[:, None] < y1)
    places = x0 + (heights[:, None] - y0) * ((x1 - x0) / (y1 - y0))
    order = np.argsort(np.where(meets, places, np.inf), axis=1)[:, : int(meets.sum(axis=1).max(initial=0))]
    places = np.take_along_axis(places, order, axis=1)
    here = np.take_along_axis(meets, order, axis=1)
    second = owner[order] == 1
    inside_first = np.cumsum(here & ~second, axis=1)[:, :-1] % 2 == 1
    inside_second = np.cumsum(here & second, axis=1)[:, :-1] % 2 == 1
    gaps = np.where(here[:, 1:], np.diff(places, axis=1), 0.0)
    return ((inside_first & inside_second) * gaps).sum(axis=1), ((inside_first | inside_second) * gaps).sum(axis=1)


def crosses_itself(ring: Floats) -> bool:
    """Whether two edges of one ring (N, 2) cross between their ends. Edges that only touch do not cross."""
    edges = np.stack([ring, np.roll(ring, -1, axis=0)], axis=1)
    return any(len(found) for found in _crossings(edges))
