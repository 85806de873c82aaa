"""Outline and extent of an ellipse."""

from __future__ import annotations

import math

import numpy as np

from tongguan.catalog.labels.base import Bounds
from tongguan.catalog.labels.coordinates import Floats, outside, turned
from tongguan.catalog.labels.ellipse.schema import EllipseShape

# Corners of the polygon that stands for an ellipse. It has the same area; its IoU is right within 0.001.
CORNERS = 128
_TURN = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
_CIRCLE = np.stack([np.cos(_TURN), np.sin(_TURN)], axis=1)
# An inscribed polygon of n corners is smaller than its circle by n sin(2 pi / n) / (2 pi).
_CIRCLE /= math.sqrt(CORNERS * math.sin(2 * math.pi / CORNERS) / (2 * math.pi))


def rings(label: EllipseShape) -> list[Floats]:
    """A polygon of 128 corners with the area of the ellipse, as a region."""
    return [turned((label.cx, label.cy), _CIRCLE * (label.rx, label.ry), label.angle)]


def area(label: EllipseShape) -> float:
    """Square pixels."""
    return math.pi * label.rx * label.ry


def bounds(label: EllipseShape) -> Bounds:
    """Upright rectangle round it, exactly."""
    turn = math.radians(label.angle)
    across = math.hypot(label.rx * math.cos(turn), label.ry * math.sin(turn))
    down = math.hypot(label.rx * math.sin(turn), label.ry * math.cos(turn))
    return Bounds(x=label.cx - across, y=label.cy - down, width=2 * across, height=2 * down)


def problems(label: EllipseShape, width: int, height: int) -> tuple[str, ...]:
    """`zero_area` when a radius is 0; `label_outside` when its centre lies outside the picture.

    An ellipse round something at the edge reaches out of the picture, which is no mistake.
    """
    flat = ("zero_area",) if label.rx <= 0 or label.ry <= 0 else ()
    return (*flat, *outside(Bounds(x=label.cx, y=label.cy, width=0, height=0), width, height))
