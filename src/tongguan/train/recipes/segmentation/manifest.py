"""What the recipe is asked: its parameters with ranges, from which form, command line and search space come."""

from __future__ import annotations

from pydantic import Field, field_validator

from tongguan.train.recipes.base import Manifest, chosen, searched
from tongguan.train.recipes.picture_parts.params import NetworkParams


class SegmentationParams(NetworkParams):
    """Parameters of the segmenter."""

    size: int = Field(
        default=256,
        ge=64,
        le=1024,
        multiple_of=32,
        description="Side of the input in pixels, a multiple of 32.",
        json_schema_extra=chosen(192, 256, 320),
    )
    batch: int = Field(default=8, ge=1, le=256, description="Pictures per step.")
    learning_rate: float = Field(
        default=3e-3,
        gt=0,
        le=0.1,
        description="Largest learning rate of AdamW.",
        json_schema_extra=searched(1e-3, 8e-3, log=True),
    )
    freeze: int = Field(
        default=2,
        ge=0,
        le=16,
        description="Blocks of the backbone, from the first, kept as they are.",
        json_schema_extra=searched(0, 8),
    )
    flip_y: bool = Field(default=True, description="Mirror top and bottom at random.")
    width: int = Field(default=64, ge=16, le=512, description="Channels of the pyramid.")
    depth: int = Field(default=2, ge=1, le=4, description="Convolutions after the pyramid.")
    balance: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="How far rare classes weigh more, pixel by pixel: 0 not, 1 by the inverse of their share.",
        json_schema_extra=searched(0.0, 1.0),
    )
    overlap_weight: float = Field(
        default=1.0,
        ge=0,
        le=10,
        description="Weight of the loss by overlap (Dice) beside cross-entropy: small regions count like large ones.",
        json_schema_extra=searched(0.1, 4.0, log=True),
    )
    views: int = Field(
        default=1,
        ge=1,
        le=4,
        description="In use the mean is taken over 1, 2 (left-right) or 4 mirror images, as far as training mirrored.",
    )

    @field_validator("views")
    @classmethod
    def _known_views(cls, views: int) -> int:
        if views == 3:
            raise ValueError("must be 1, 2 or 4")
        return views

    def used_views(self) -> int:
        """Views that training has seen."""
        if not self.flip_x:
            return 1
        return self.views if self.flip_y else min(self.views, 2)


MANIFEST = Manifest(
    id="segmentation",
    task="segmentation",
    media="image",
    label_kind="mask",
    params=SegmentationParams,
    run="tongguan.train.recipes.segmentation.run",
    predict="tongguan.train.recipes.segmentation.predict",
    minutes=10.0,
    memory_mb=2_500,
    also=("polygon",),
    marks=("mask",),
)
