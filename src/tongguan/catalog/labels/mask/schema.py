"""The stored form of a mask."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from tongguan.catalog.labels.base import LabelRecord, Shape
from tongguan.catalog.labels.mask import rle

Side = Annotated[int, Field(ge=1, le=1_000_000)]
# Largest picture that a mask may lie in: decoded it takes one byte a pixel.
MOST_PIXELS = 1_000_000_000


class MaskShape(Shape):
    """`size` and `counts` are those of pycocotools; a list of run lengths is taken too and stored as text."""

    kind: Literal["mask"] = "mask"
    size: tuple[Side, Side] = Field(description="Height and width of the picture in pixels.")
    counts: str = Field(
        max_length=20_000_000, description="Run lengths down the columns, first outside, as COCO compresses them."
    )

    @field_validator("counts", mode="before")
    @classmethod
    def _as_text(cls, counts: Any) -> Any:
        return rle.compress(rle.checked(counts)) if isinstance(counts, (list, tuple)) else counts

    @model_validator(mode="after")
    def _fills_the_picture(self) -> Self:
        height, width = self.size
        if height * width > MOST_PIXELS:
            raise ValueError(f"a picture of {width} x {height} px is larger than {MOST_PIXELS:,} pixels")
        runs = rle.expand(self.counts)
        if (runs < 0).any() or int(runs.sum()) != height * width:
            raise ValueError(f"the run lengths do not fill a picture of {width} x {height} px")
        return self


class MaskLabel(MaskShape, LabelRecord):
    """Pixels of a picture."""

    kind: Literal["mask"] = "mask"
