"""The stored form of a box."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tongguan.catalog.labels.base import LabelRecord, Shape
from tongguan.catalog.labels.coordinates import Coordinate, Extent


class BoxShape(Shape):
    """x and y of the top left corner, width and height, in pixels. A size of 0 is stored, and found by `problems`."""

    kind: Literal["box"] = "box"
    x: Coordinate = Field(description="Left edge in pixels.")
    y: Coordinate = Field(description="Top edge in pixels.")
    width: Extent = Field(description="Pixels to the right of the left edge.")
    height: Extent = Field(description="Pixels below the top edge.")


class BoxLabel(BoxShape, LabelRecord):
    """An upright rectangle in a picture."""

    kind: Literal["box"] = "box"
