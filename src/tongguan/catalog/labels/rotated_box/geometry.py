"""Corners and extent of a rotated box."""

from __future__ import annotations

import numpy as np

from tongguan.catalog.labels.base import Bounds
from tongguan.catalog.labels.coordinates import Floats, bounds_of, outside, turned
from tongguan.catalog.labels.rotated_box.schema import RotatedBoxShape

_CORNERS = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])


def corners(label: RotatedBoxShape) -> Floats:
    """The four corners (4, 2), clockwise from the one that was top left before the turn."""
    return turned((label.cx, label.cy), _CORNERS * (label.width, label.height), label.angle)


def rings(label: RotatedBoxShape) -> list[Floats]:
    """The corners, as a region."""
    return [corners(label)]


def bounds(label: RotatedBoxShape) -> Bounds:
    """Upright rectangle round the corners."""
    return bounds_of(corners(label))


def problems(label: RotatedBoxShape, width: int, height: int) -> tuple[str, ...]:
    """`zero_area` when a side is 0; `label_outside` when its centre lies outside the picture.

    A turned box round something at the edge reaches out of the picture with its corners, which is no mistake.
    """
    flat = ("zero_area",) if label.width <= 0 or label.height <= 0 else ()
    return (*flat, *outside(Bounds(x=label.cx, y=label.cy, width=0, height=0), width, height))
