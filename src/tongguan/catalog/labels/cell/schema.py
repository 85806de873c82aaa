"""The stored form of a cell."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tongguan.catalog.labels.base import LabelRecord


class CellLabel(LabelRecord):
    """A cell by row and column; without a column the whole row."""

    kind: Literal["cell"] = "cell"
    row: int = Field(ge=1, le=10**12, description="Row from 1, the header not counted.")
    column: str = Field(default="", max_length=1000, description="Name of the column; empty: the whole row.")
    value: str | None = Field(
        default=None,
        max_length=1_000_000,
        exclude_if=lambda value: value is None,
        description="What should stand there; absent where the label only says something about it.",
    )
