"""What the recipe is asked: its parameters with ranges, from which form, command line and search space come."""

from __future__ import annotations

from pydantic import Field

from tongguan.train.recipes.base import LoopParams, Manifest, chosen, searched


class CuboidParams(LoopParams):
    """Parameters of the detector in point clouds."""

    cell: float = Field(
        default=0.2,
        ge=0.05,
        le=2,
        description="Side of a cell of the picture from above, in metres.",
        json_schema_extra=chosen(0.15, 0.2, 0.25),
    )
    reach: float = Field(
        default=0,
        ge=0,
        le=200,
        description="How far from the scanner it looks, in metres. 0: as far as training things lie.",
    )
    width: int = Field(
        default=32,
        ge=8,
        le=256,
        multiple_of=8,
        description="Features of the network.",
        json_schema_extra=chosen(24, 32, 48),
    )
    batch: int = Field(default=6, ge=1, le=64, description="Clouds per step.")
    learning_rate: float = Field(
        default=4e-3,
        gt=0,
        le=0.1,
        description="Largest learning rate of AdamW.",
        json_schema_extra=searched(1e-3, 1e-2, log=True),
    )
    weight_decay: float = Field(
        default=0.02,
        ge=0,
        le=1,
        description="Weight decay of AdamW, on weights only.",
        json_schema_extra=searched(0.002, 0.2, log=True),
    )
    turn: float = Field(
        default=15,
        ge=0,
        le=180,
        description="Clouds are turned about the upright axis by up to so many degrees.",
        json_schema_extra=searched(0, 45),
    )
    flip_x: bool = Field(default=True, description="Clouds are mirrored front to back at random.")
    flip_y: bool = Field(default=True, description="Clouds are mirrored left to right at random.")
    zoom: float = Field(
        default=0.05, ge=0, le=0.3, description="Clouds are made larger or smaller by up to this share."
    )
    dropped: float = Field(default=0.2, ge=0, le=0.9, description="Up to this share of the points is left out.")
    overlap: float = Field(
        default=0.1, ge=0, le=1, description="Of two cuboids that share more of their volume, the better stays."
    )
    average: float = Field(default=0.99, ge=0, lt=1, description="Decay of the averaged weights.")


MANIFEST = Manifest(
    id="cuboid-detection",
    task="cuboids",
    media="point_cloud",
    label_kind="cuboid",
    params=CuboidParams,
    run="tongguan.train.recipes.cuboid_detection.run",
    predict="tongguan.train.recipes.cuboid_detection.predict",
    minutes=10.0,
    memory_mb=1_500,
)
