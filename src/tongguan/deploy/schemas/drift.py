"""What the monitors of drift compare with, and what they read."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

DriftSource = Literal["benchmark", "first_pictures"]


class BandOut(BaseModel):
    """What a monitor of drift compares with, and what it reads now."""

    source: DriftSource = Field(
        description="The live model's benchmark, or its first pictures on this line where it has none of 50 or more."
    )
    n: int = Field(description="Pictures behind the band.")
    mean: float
    q05: float
    q25: float
    median: float
    q75: float
    q95: float
    psi: float | None = Field(description="Of the newest pictures; null while there are fewer than 50.")
    bound: float
    pictures: int = Field(description="Newest pictures that were compared.")
    out: bool = Field(description="Both beyond the bound and beyond chance.")


class DriftOut(BaseModel):
    """The bands of the live model; null where there is nothing to compare with yet."""

    brightness: BandOut | None
    scores: BandOut | None
