"""The stored form of a ranking."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from tongguan.catalog.labels.base import LabelRecord

Name = Annotated[str, Field(min_length=1, max_length=200)]
Tier = Annotated[tuple[Name, ...], Field(min_length=1, max_length=1000)]


class RankingLabel(LabelRecord):
    """Places from the best to the worst; what stands in one place is equally good."""

    kind: Literal["ranking"] = "ranking"
    order: tuple[Tier, ...] = Field(
        min_length=1, max_length=1000, description="Best first; each place holds the keys of what is equally good."
    )

    @field_validator("order")
    @classmethod
    def _once_each(cls, order: tuple[Tier, ...]) -> tuple[Tier, ...]:
        names = [name for tier in order for name in tier]
        twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
        if twice is not None:
            raise ValueError(f"{twice[:80]!r} stands in the order twice")
        return order

    @property
    def places(self) -> dict[str, int]:
        """Place of each key, from 0 for the best."""
        return {name: place for place, tier in enumerate(self.order) for name in tier}
