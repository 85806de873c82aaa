"""The stored form of a rating."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tongguan.catalog.labels.base import LabelRecord

Value = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]


class RatingLabel(LabelRecord):
    """A value between the ends of a scale; `label` names what is rated."""

    kind: Literal["rating"] = "rating"
    value: Value = Field(description="What was given, from low to high.")
    low: Value = Field(default=1, description="Worst end of the scale.")
    high: Value = Field(default=5, description="Best end of the scale.")
    target: str = Field(
        default="",
        max_length=200,
        exclude_if=lambda value: value == "",
        description="What of the item is rated, for instance the key of an answer; empty: the item.",
    )

    @model_validator(mode="after")
    def _on_the_scale(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"low {self.low:g} is not below high {self.high:g}")
        if not self.low <= self.value <= self.high:
            raise ValueError(f"value {self.value:g} is not between {self.low:g} and {self.high:g}")
        return self
