"""The stored form of an ellipse."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tongguan.catalog.labels.base import LabelRecord, Shape
from tongguan.catalog.labels.coordinates import Angle, Coordinate, Extent


class EllipseShape(Shape):
    """An ellipse by centre, radii and angle. `rx` lies along x, `ry` along y, before it is turned."""

    kind: Literal["ellipse"] = "ellipse"
    cx: Coordinate = Field(description="Centre, in pixels from the left.")
    cy: Coordinate = Field(description="Centre, in pixels from the top.")
    rx: Extent = Field(description="Radius along x before the turn, in pixels.")
    ry: Extent = Field(description="Radius along y before the turn, in pixels.")
    angle: Angle = Field(default=0, description="Degrees, clockwise as seen on the picture (y points down).")


class EllipseLabel(EllipseShape, LabelRecord):
    """An ellipse in a picture."""

    kind: Literal["ellipse"] = "ellipse"
