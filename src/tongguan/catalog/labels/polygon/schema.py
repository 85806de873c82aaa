"""The stored form of a polygon."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from tongguan.catalog.labels.base import LabelRecord, Shape
from tongguan.catalog.labels.coordinates import MOST_POINTS, Point

Ring = Annotated[tuple[Point, ...], Field(min_length=3, max_length=MOST_POINTS)]
Holes = Annotated[tuple[Ring, ...], Field(max_length=10_000)]


class PolygonPart(BaseModel):
    """A further part of the same thing, apart from the first, with holes of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    points: Ring = Field(description="Outline, x and y in pixels; the last point joins the first.")
    holes: Holes = Field(default=(), exclude_if=lambda value: not value, description="Outlines of what is cut out.")


class PolygonShape(Shape):
    """An outline, what is cut out of it, and further parts of the same thing, as where something hides its middle."""

    kind: Literal["polygon"] = "polygon"
    points: Ring = Field(description="Outline, x and y in pixels; the last point joins the first.")
    holes: Holes = Field(default=(), exclude_if=lambda value: not value, description="Outlines of what is cut out.")
    others: tuple[PolygonPart, ...] = Field(
        default=(), max_length=10_000, exclude_if=lambda value: not value, description="Further parts."
    )

    @property
    def parts(self) -> tuple[PolygonPart, ...]:
        """All parts, the first included."""
        return (PolygonPart(points=self.points, holes=self.holes), *self.others)


class PolygonLabel(PolygonShape, LabelRecord):
    """An outlined thing in a picture."""

    kind: Literal["polygon"] = "polygon"
