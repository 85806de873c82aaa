"""The stored form of a cuboid."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from tongguan.catalog.labels.base import LabelRecord, Shape

Metres = Annotated[float, Field(allow_inf_nan=False, ge=-1e7, le=1e7)]
Size = Annotated[float, Field(allow_inf_nan=False, ge=0, le=1e7)]
Radians = Annotated[float, Field(allow_inf_nan=False, ge=-2 * math.pi, le=2 * math.pi)]


class CuboidShape(Shape):
    """Centre and sizes in metres in the frame of the point cloud, z up; rotation about z, then y, then x."""

    kind: Literal["cuboid"] = "cuboid"
    x: Metres = Field(description="Centre, metres.")
    y: Metres = Field(description="Centre, metres.")
    z: Metres = Field(description="Centre, metres.")
    length: Size = Field(description="Along its own x, the way it looks, metres.")
    width: Size = Field(description="Along its own y, metres.")
    height: Size = Field(description="Along its own z, metres.")
    yaw: Radians = Field(default=0, description="Radians about z, from x towards y.")
    pitch: Radians = Field(default=0, description="Radians about its y after the yaw.")
    roll: Radians = Field(default=0, description="Radians about its x after yaw and pitch.")


class CuboidLabel(CuboidShape, LabelRecord):
    """A box in space."""

    kind: Literal["cuboid"] = "cuboid"
