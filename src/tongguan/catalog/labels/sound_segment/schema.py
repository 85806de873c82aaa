"""The stored form of a sound segment."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tongguan.catalog.labels.base import LabelRecord

Seconds = Annotated[float, Field(allow_inf_nan=False, ge=0, le=1e7)]


class SoundSegmentLabel(LabelRecord):
    """From `start` to `end` in seconds from the beginning of the sound; `label` says what it is, such as speech."""

    kind: Literal["sound_segment"] = "sound_segment"
    start: Seconds = Field(description="Seconds from the beginning.")
    end: Seconds = Field(description="Seconds from the beginning, not before start.")
    transcript: str = Field(default="", max_length=1_000_000, description="What is said; empty where nobody wrote it.")
    speaker: str = Field(default="", max_length=200, description="Who speaks; empty where not known.")
    channel: int | None = Field(
        default=None, ge=0, le=1000, exclude_if=lambda value: value is None, description="Channel of the sound, from 0."
    )

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"end {self.end:g} s lies before start {self.start:g} s")
        return self
