"""The stored form of a polyline."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tongguan.catalog.labels.base import LabelRecord, Shape
from tongguan.catalog.labels.coordinates import MOST_POINTS, Point


class PolylineShape(Shape):
    """Points in the order of the line; the last does not join the first."""

    kind: Literal["polyline"] = "polyline"
    points: tuple[Point, ...] = Field(min_length=2, max_length=MOST_POINTS, description="x and y in pixels.")


class PolylineLabel(PolylineShape, LabelRecord):
    """A line in a picture."""

    kind: Literal["polyline"] = "polyline"
