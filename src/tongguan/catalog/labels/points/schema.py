"""The stored form of points."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tongguan.catalog.labels.base import LabelRecord, Shape
from tongguan.catalog.labels.coordinates import MOST_POINTS, Point


class PointsShape(Shape):
    """Points of one class without names; their order says nothing."""

    kind: Literal["points"] = "points"
    points: tuple[Point, ...] = Field(min_length=1, max_length=MOST_POINTS, description="x and y in pixels.")


class PointsLabel(PointsShape, LabelRecord):
    """Points in a picture."""

    kind: Literal["points"] = "points"
