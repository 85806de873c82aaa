"""The stored form of a box."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tongguan.catalog.labels.base import LabelRecord


class BoxLabel(LabelRecord):
    """x and y of the top left corner, width and height, in pixels. A size of 0 is stored, and found by `problems`."""

    kind: Literal["box"] = "box"
    x: float = Field(allow_inf_nan=False, ge=-1e7, le=1e7, description="Left edge in pixels.")
    y: float = Field(allow_inf_nan=False, ge=-1e7, le=1e7, description="Top edge in pixels.")
    width: float = Field(allow_inf_nan=False, ge=0, le=1e7, description="Pixels to the right of the left edge.")
    height: float = Field(allow_inf_nan=False, ge=0, le=1e7, description="Pixels below the top edge.")
