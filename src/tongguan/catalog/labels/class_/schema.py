"""The stored form of a class of the whole item."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tongguan.catalog.labels.base import LabelRecord


class ClassLabel(LabelRecord):
    """The label class of the whole item; several of them where the label set allows it."""

    kind: Literal["class"] = "class"
    scores: dict[str, Annotated[float, Field(ge=0, le=1)]] | None = Field(
        default=None,
        max_length=10_000,
        exclude_if=lambda value: value is None,
        description="A model's probability of every label class it knows; absent when a person chose.",
    )
