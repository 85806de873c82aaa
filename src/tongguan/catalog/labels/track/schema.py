"""The stored form of a track."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from tongguan.catalog.labels.base import AttributeValue, LabelRecord
from tongguan.catalog.labels.track.shapes import AnyShape


class Keyframe(BaseModel):
    """What somebody set at one frame; it holds until the next keyframe, or moves towards it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    frame: int = Field(ge=0, le=10**9, description="Number of the frame, from 0, as the file's frame table counts.")
    shape: AnyShape = Field(description="Geometry at this frame, with its own `kind`.")
    outside: bool = Field(default=False, description="From here to the next keyframe the thing is not in view.")
    occluded: bool = Field(default=False, description="From here to the next keyframe something hides a part of it.")
    attributes: dict[str, AttributeValue] = Field(
        default_factory=dict, exclude_if=lambda value: not value, description="Values that hold from here on."
    )


class TrackLabel(LabelRecord):
    """One thing from its first to its last keyframe. All keyframes have one kind of shape."""

    kind: Literal["track"] = "track"
    keyframes: Annotated[tuple[Keyframe, ...], Field(min_length=1, max_length=1_000_000)] = Field(
        description="In order of frames, each frame once."
    )
    between: Literal["linear", "hold"] = Field(
        default="linear", description="Between keyframes the shape moves evenly, or stays as it was."
    )

    @field_validator("keyframes")
    @classmethod
    def _in_order(cls, keyframes: tuple[Keyframe, ...]) -> tuple[Keyframe, ...]:
        for before, after in pairwise(keyframes):
            if before.frame >= after.frame:
                raise ValueError(f"keyframe {after.frame} comes after {before.frame}: each frame once, in order")
            if before.shape.kind != after.shape.kind:
                raise ValueError(
                    f"frame {after.frame} holds a {after.shape.kind}, the one before a {before.shape.kind}"
                )
        return keyframes
