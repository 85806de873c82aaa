"""The stored form of a class of the whole item."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tongguan.catalog.labels.base import LabelRecord


class ClassLabel(LabelRecord):
    """The label class of the whole item; several of them where the label set allows it.

    Where the classes are grades on an ordered scale, `grade` and `grades` say which place this one has, so that two
    neighbouring grades agree more than two far ones.
    """

    kind: Literal["class"] = "class"
    scores: dict[str, Annotated[float, Field(ge=0, le=1)]] | None = Field(
        default=None,
        max_length=10_000,
        exclude_if=lambda value: value is None,
        description="A model's probability of every label class it knows; absent when a person chose.",
    )
    grade: int | None = Field(
        default=None,
        ge=0,
        exclude_if=lambda value: value is None,
        description="Ordered classes only: place of this class on its scale, from 0.",
    )
    grades: int | None = Field(
        default=None,
        ge=2,
        le=1000,
        exclude_if=lambda value: value is None,
        description="Ordered classes only: how many places the scale has.",
    )

    @model_validator(mode="after")
    def _on_the_scale(self) -> Self:
        if (self.grade is None) != (self.grades is None):
            raise ValueError("grade and grades come together")
        if self.grade is not None and self.grades is not None and self.grade >= self.grades:
            raise ValueError(f"grade {self.grade} is not on a scale of {self.grades}, which ends at {self.grades - 1}")
        return self
