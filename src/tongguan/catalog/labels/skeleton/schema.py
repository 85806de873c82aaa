"""The stored form of a skeleton."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from tongguan.catalog.labels.base import LabelRecord, Shape
from tongguan.catalog.labels.coordinates import Coordinate, Extent

Name = Annotated[str, Field(min_length=1, max_length=200)]


class Keypoint(BaseModel):
    """A named point. `visible` is as in COCO: 0 not labelled, 1 labelled but hidden, 2 seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    x: Coordinate = Field(default=0, description="Pixels from the left; 0 where not labelled.")
    y: Coordinate = Field(default=0, description="Pixels from the top; 0 where not labelled.")
    visible: Literal[0, 1, 2] = 2


class SkeletonShape(Shape):
    """Named points in a fixed order, the lines between them, and the thing's size where the file says it."""

    kind: Literal["skeleton"] = "skeleton"
    points: tuple[Keypoint, ...] = Field(min_length=1, max_length=10_000)
    edges: tuple[tuple[Name, Name], ...] = Field(
        default=(), max_length=100_000, exclude_if=lambda value: not value, description="Names of points joined."
    )
    box: tuple[Coordinate, Coordinate, Extent, Extent] | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description="The thing's box: left, top, width, height in pixels.",
    )
    area: float | None = Field(
        default=None,
        ge=0,
        le=1e14,
        exclude_if=lambda value: value is None,
        description="The thing's area in square pixels, which COCO's OKS divides by.",
    )

    @field_validator("points")
    @classmethod
    def _once_each(cls, points: tuple[Keypoint, ...]) -> tuple[Keypoint, ...]:
        if len({point.name for point in points}) < len(points):
            raise ValueError("two points have one name")
        return points


class SkeletonLabel(SkeletonShape, LabelRecord):
    """Named points of one thing in a picture."""

    kind: Literal["skeleton"] = "skeleton"
