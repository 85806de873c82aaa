"""The stored form of an interval."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tongguan.catalog.labels.base import LabelRecord

Place = Annotated[float, Field(allow_inf_nan=False, ge=-1e12, le=1e12)]


class IntervalLabel(LabelRecord):
    """From `start` to `end` on the axis of the item; `columns` names what it concerns, none meaning all."""

    kind: Literal["interval"] = "interval"
    start: Place = Field(description="Where it begins, in the unit of the axis.")
    end: Place = Field(description="Where it ends, not before start.")
    axis: Literal["seconds", "rows", "frames"] = Field(
        default="seconds", description="Seconds (of a recording, or since 1970), rows from 1, or frames from 0."
    )
    columns: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = Field(default=(), max_length=10_000)

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"end {self.end:g} lies before start {self.start:g}")
        return self
