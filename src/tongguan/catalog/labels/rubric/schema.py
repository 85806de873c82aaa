"""The stored form of a filled-in rubric."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from tongguan.catalog.labels.base import LabelRecord

Value = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]


class Criterion(BaseModel):
    """Points for one criterion, between the ends of its scale."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(min_length=1, max_length=200)
    value: Value = Field(description="Points given, from low to high.")
    low: Value = Field(default=0, description="Fewest points.")
    high: Value = Field(default=1, description="Most points.")
    weight: float = Field(default=1, gt=0, le=1e6, allow_inf_nan=False, description="Share of the total.")
    reason: str = Field(default="", max_length=10_000, exclude_if=lambda value: value == "")

    @model_validator(mode="after")
    def _on_the_scale(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"{self.key[:80]!r}: low {self.low:g} is not below high {self.high:g}")
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.key[:80]!r}: {self.value:g} is not between {self.low:g} and {self.high:g}")
        return self

    @property
    def share(self) -> float:
        """Points as a share of the scale, in [0, 1]."""
        return (self.value - self.low) / (self.high - self.low)


class RubricLabel(LabelRecord):
    """One judgement by a rubric; `label` names the rubric."""

    kind: Literal["rubric"] = "rubric"
    criteria: tuple[Criterion, ...] = Field(min_length=1, max_length=1000)
    target: str = Field(
        default="",
        max_length=200,
        exclude_if=lambda value: value == "",
        description="What of the item is judged, for instance the key of an answer; empty: the item.",
    )

    @field_validator("criteria")
    @classmethod
    def _once_each(cls, criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
        if len({criterion.key for criterion in criteria}) < len(criteria):
            raise ValueError("a criterion stands in it twice")
        return criteria

    @property
    def total(self) -> float:
        """Weighted mean of the shares of the criteria, in [0, 1]."""
        return sum(one.weight * one.share for one in self.criteria) / sum(one.weight for one in self.criteria)
