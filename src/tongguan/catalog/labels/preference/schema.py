"""The stored form of a preference."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tongguan.catalog.labels.base import LabelRecord

Name = Annotated[str, Field(min_length=1, max_length=200)]


class PreferenceLabel(LabelRecord):
    """One comparison of two things of the item, by their keys; `label` names what was compared."""

    kind: Literal["preference"] = "preference"
    first: Name = Field(description="Key of one of the two, for instance of an answer.")
    second: Name = Field(description="Key of the other.")
    choice: Literal["first", "second", "tie"] = Field(description="Which is better.")
    strength: float = Field(
        default=1.0, gt=0, le=1, description="How clearly: 1 much better, 0.5 somewhat; of no meaning for a tie."
    )

    @model_validator(mode="after")
    def _two_things(self) -> Self:
        if self.first == self.second:
            raise ValueError(f"{self.first[:80]!r} is compared with itself")
        return self

    @property
    def lean(self) -> float:
        """In [-1, 1]: 1 = the first is much better, -1 = the second is, 0 = a tie."""
        return {"first": 1.0, "second": -1.0, "tie": 0.0}[self.choice] * self.strength
