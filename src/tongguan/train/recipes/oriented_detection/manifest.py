"""What the recipe is asked: its parameters with ranges, from which form, command line and search space come."""

from __future__ import annotations

from pydantic import Field

from tongguan.train.recipes.base import Manifest, chosen, searched
from tongguan.train.recipes.picture_parts.params import NetworkParams


class OrientedParams(NetworkParams):
    """Parameters of the detector of turned boxes."""

    size: int = Field(
        default=256,
        ge=64,
        le=1024,
        multiple_of=32,
        description="Side of the input in pixels, a multiple of 32.",
        json_schema_extra=chosen(192, 256, 320),
    )
    batch: int = Field(default=12, ge=1, le=256, description="Pictures per step.")
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
    freeze: int = Field(
        default=3,
        ge=0,
        le=16,
        description="Blocks of the backbone, from the first, kept as they are.",
        json_schema_extra=searched(0, 8),
    )
    average: float = Field(default=0.995, ge=0, lt=1, description="Decay of the averaged weights.")
    flip_y: bool = Field(default=True, description="Mirror top and bottom at random.")
    width: int = Field(default=96, ge=16, le=512, description="Channels of pyramid and head.")
    depth: int = Field(default=2, ge=1, le=4, description="Convolutions in each tower of the head.")
    nms_overlap: float = Field(default=0.3, gt=0, le=1, description="Of two boxes that overlap more, the better stays.")


MANIFEST = Manifest(
    id="oriented-detection",
    task="oriented-detection",
    media="image",
    label_kind="rotated_box",
    params=OrientedParams,
    run="tongguan.train.recipes.oriented_detection.run",
    predict="tongguan.train.recipes.oriented_detection.predict",
    minutes=10.0,
    memory_mb=2_500,
    also=("box",),
    marks=("rotated_box",),
)
