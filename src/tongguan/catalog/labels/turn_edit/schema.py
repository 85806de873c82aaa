"""The stored form of a turn edit."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tongguan.catalog.labels.base import LabelRecord


class TurnEditLabel(LabelRecord):
    """The text that a turn should have; `label` says why it was changed or what kind of edit it is."""

    kind: Literal["turn_edit"] = "turn_edit"
    turn: int = Field(ge=0, le=10**9, description="Which turn, from 0, the system's words included.")
    text: str = Field(max_length=1_000_000, description="The turn as it should be; empty: the turn is to be removed.")
    before: str = Field(
        default="",
        max_length=1_000_000,
        exclude_if=lambda value: value == "",
        description="The turn as it was when it was edited.",
    )
