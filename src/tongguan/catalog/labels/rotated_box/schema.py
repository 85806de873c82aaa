"""The stored form of a rotated box."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tongguan.catalog.labels.base import LabelRecord, Shape
from tongguan.catalog.labels.coordinates import Angle, Coordinate, Extent


class RotatedBoxShape(Shape):
    """A rectangle by centre, sizes and angle. Width lies along x, height along y, before it is turned."""

    kind: Literal["rotated_box"] = "rotated_box"
    cx: Coordinate = Field(description="Centre, in pixels from the left.")
    cy: Coordinate = Field(description="Centre, in pixels from the top.")
    width: Extent = Field(description="Side along x before the turn, in pixels.")
    height: Extent = Field(description="Side along y before the turn, in pixels.")
    angle: Angle = Field(default=0, description="Degrees, clockwise as seen on the picture (y points down).")


class RotatedBoxLabel(RotatedBoxShape, LabelRecord):
    """A turned rectangle in a picture."""

    kind: Literal["rotated_box"] = "rotated_box"
