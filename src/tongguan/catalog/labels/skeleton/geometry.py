"""Extent and similarity of skeletons."""

from __future__ import annotations

import numpy as np

from tongguan.catalog.labels.base import Bounds
from tongguan.catalog.labels.coordinates import Floats, bounds_of, outside
from tongguan.catalog.labels.skeleton.schema import SkeletonShape

# How far people are apart at each point of COCO's person, as a share of its size (cocodataset.org, "keypoints-eval").
_SIDES = {"eye": 0.025, "ear": 0.035, "shoulder": 0.079, "elbow": 0.072, "wrist": 0.062}
_SIDES |= {"hip": 0.107, "knee": 0.087, "ankle": 0.089}
SIGMAS = {"nose": 0.026} | {f"{side}_{name}": sigma for name, sigma in _SIDES.items() for side in ("left", "right")}
# For points that COCO has no figure for: the mean of its figures.
OTHER_SIGMA = 0.07
# Share of its box that a thing fills, where the area is not known: the usual stand-in for people.
BOX_FILLED = 0.53


def oks(right: SkeletonShape, other: SkeletonShape) -> float:
    """Object keypoint similarity as in COCO, in [0, 1]; `right` sets which points count, and the size.

    Mean over the labelled points of `right` of exp(-d^2 / (2 area (2 sigma)^2)). Without a labelled point, COCO takes
    the distance to the doubled box of `right`, over all points. A point that `other` lacks counts 0.
    """
    theirs = {point.name: point for point in other.points}
    labelled = any(point.visible > 0 for point in right.points)
    pairs = [(point, theirs.get(point.name)) for point in right.points if point.visible > 0 or not labelled]
    if not labelled and not any(point.visible > 0 for point in other.points):
        return 1.0 if {point.name for point in right.points} == set(theirs) else 0.0
    there = [(point, found) for point, found in pairs if found is not None and (not labelled or found.visible > 0)]
    if not there:
        return 0.0
    ours = np.array([(point.x, point.y) for point, _ in there])
    found = np.array([(point.x, point.y) for _, point in there])
    apart = np.abs(found - ours) if labelled else _beyond(right, found)
    spread = 2 * np.array([SIGMAS.get(point.name, OTHER_SIGMA) for point, _ in there])
    size = area(right) + float(np.spacing(1))
    values = np.exp(-(apart**2).sum(axis=1) / (2 * size * spread**2))
    return float(values.sum()) / len(pairs)


def _beyond(right: SkeletonShape, found: Floats) -> Floats:
    """How far points (N, 2) lie outside the doubled box of a skeleton, per axis."""
    box = extent(right)
    low = np.array([box.x - box.width, box.y - box.height])
    high = np.array([box.x + 2 * box.width, box.y + 2 * box.height])
    return np.asarray(np.maximum(0.0, low - found) + np.maximum(0.0, found - high))


def area(label: SkeletonShape) -> float:
    """Square pixels of the thing: as stored, else 53 % of its box."""
    if label.area is not None:
        return label.area
    box = extent(label)
    return BOX_FILLED * box.width * box.height


def extent(label: SkeletonShape) -> Bounds:
    """The thing's box as stored, else the rectangle round its labelled points."""
    if label.box is not None:
        x, y, width, height = label.box
        return Bounds(x=x, y=y, width=width, height=height)
    return bounds(label)


def bounds(label: SkeletonShape) -> Bounds:
    """Upright rectangle round the labelled points; without size at 0, 0 where none is."""
    return bounds_of([(point.x, point.y) for point in label.points if point.visible > 0] or [(0.0, 0.0)])


def problems(label: SkeletonShape, width: int, height: int) -> tuple[str, ...]:
    """`label_outside` when a labelled point leaves the picture by more than 0.1 px."""
    return outside(bounds(label), width, height)
