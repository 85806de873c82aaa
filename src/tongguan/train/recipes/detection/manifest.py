"""What the recipe is asked: its parameters with ranges, from which form, command line and search space come."""

from __future__ import annotations

from pydantic import Field, field_validator

from tongguan.train.recipes.base import LoopParams, Manifest, chosen, searched


class DetectionParams(LoopParams):
    """Parameters of the detector."""

    size: int = Field(
        default=0,
        ge=0,
        le=1024,
        description="Side of the input in pixels, a multiple of 32 from 64. 0: from 192 to 512, as "
        "the pictures have and as the smallest class needs.",
        json_schema_extra=chosen(0, 160, 192, 224, 256),
    )
    batch: int = Field(default=0, ge=0, le=256, description="Pictures per step. 0: 16, down to 8 for large inputs.")
    learning_rate: float = Field(
        default=3e-3,
        gt=0,
        le=0.1,
        description="Largest learning rate of AdamW.",
        json_schema_extra=searched(1e-3, 8e-3, log=True),
    )
    backbone_rate: float = Field(
        default=0.3,
        gt=0,
        le=1,
        description="The backbone's share of the learning rate.",
        json_schema_extra=searched(0.05, 1.0, log=True),
    )
    weight_decay: float = Field(
        default=0.05,
        ge=0,
        le=1,
        description="Weight decay of AdamW, on weights only.",
        json_schema_extra=searched(0.005, 0.2, log=True),
    )
    freeze: int = Field(
        default=3,
        ge=0,
        le=16,
        description="Blocks of the backbone, from the first, kept as they are.",
        json_schema_extra=searched(0, 8),
    )
    freeze_wide: bool = Field(
        default=True, description="Keep the backbone's 5 x 5 filters as they are: a quarter less work per step."
    )
    fold: bool = Field(default=True, description="Merge the backbone's batch norms into its convolutions: faster.")
    width: int = Field(default=96, ge=16, le=512, description="Channels of pyramid and head.")
    depth: int = Field(default=2, ge=1, le=4, description="Convolutions in each tower of the head.")
    average: float = Field(
        default=0.995,
        ge=0,
        lt=1,
        description="Decay of the averaged weights.",
        json_schema_extra=chosen(0.99, 0.995, 0.998),
    )
    zoom: float = Field(
        default=0.4,
        ge=0,
        le=2,
        description="Pictures are zoomed by up to this share, in and out.",
        json_schema_extra=searched(0.0, 0.8),
    )
    shift: float = Field(
        default=0.05, ge=0, le=0.5, description="Pictures are shifted by up to this share of the side."
    )
    flip_x: bool = Field(default=True, description="Mirror left and right at random.")
    flip_y: bool = Field(default=True, description="Mirror top and bottom at random.")
    light: float = Field(
        default=0.25,
        ge=0,
        le=1,
        description="Contrast and brightness vary by up to this share.",
        json_schema_extra=searched(0.0, 0.5),
    )
    pretrained: bool = Field(default=True, description="Begin with the ImageNet weights of the installed package.")
    nms_overlap: float = Field(default=0.5, gt=0, le=1, description="Of two boxes that overlap more, the better stays.")
    views: int = Field(
        default=4,
        ge=1,
        le=4,
        description="In use the mean is taken over 1, 2 (left-right) or 4 mirror images, as far as training mirrored.",
    )

    scales: int = Field(
        default=2,
        ge=1,
        le=2,
        description="In use the picture is also looked at 5/6 as large: 0.02 of mAP50 on plates, for 0.7 of the time.",
    )

    @field_validator("size")
    @classmethod
    def _whole_cells(cls, size: int) -> int:
        if size % 32 or size == 32:
            raise ValueError("must be a multiple of 32 from 64, or 0")
        return size

    @field_validator("views")
    @classmethod
    def _known_views(cls, views: int) -> int:
        if views == 3:
            raise ValueError("must be 1, 2 or 4")
        return views

    def used_views(self) -> int:
        """Views that training has seen: a model that never saw mirrored pictures is not asked about them."""
        if not self.flip_x:
            return 1
        return self.views if self.flip_y else min(self.views, 2)


MANIFEST = Manifest(
    id="detection",
    task="detection",
    media="image",
    label_kind="box",
    params=DetectionParams,
    run="tongguan.train.recipes.detection.run",
    predict="tongguan.train.recipes.detection.predict",
    minutes=10.0,
    memory_mb=2_500,
)
