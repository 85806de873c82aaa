"""What the recipe is asked: its parameters with ranges, from which form, command line and search space come."""

from __future__ import annotations

from pydantic import Field

from tongguan.train.recipes.base import LoopParams, Manifest, chosen, searched


class ClassificationParams(LoopParams):
    """Parameters of the classifier."""

    size: int = Field(
        default=160,
        ge=32,
        le=1024,
        multiple_of=32,
        description="Side of the input in pixels, a multiple of 32.",
        json_schema_extra=chosen(96, 128, 160, 192),
    )
    batch: int = Field(default=32, ge=1, le=512, description="Pictures per step.")
    learning_rate: float = Field(
        default=2e-3,
        gt=0,
        le=0.1,
        description="Largest learning rate of AdamW.",
        json_schema_extra=searched(5e-4, 8e-3, log=True),
    )
    backbone_rate: float = Field(
        default=0.2,
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
        default=5,
        ge=0,
        le=16,
        description="Blocks of the backbone, from the first, kept as they are.",
        json_schema_extra=searched(0, 12),
    )
    dropout: float = Field(
        default=0.2,
        ge=0,
        lt=1,
        description="Share of the features that is left out at random.",
        json_schema_extra=searched(0.0, 0.5),
    )
    smoothing: float = Field(
        default=0.05,
        ge=0,
        lt=1,
        description="Share of the truth that is spread over all label classes: labels may be wrong.",
        json_schema_extra=searched(0.0, 0.2),
    )
    average: float = Field(default=0.99, ge=0, lt=1, description="Decay of the averaged weights.")
    zoom: float = Field(default=0.2, ge=0, le=2, description="Pictures are zoomed by up to this share, in and out.")
    shift: float = Field(
        default=0.05, ge=0, le=0.5, description="Pictures are shifted by up to this share of the side."
    )
    flip_x: bool = Field(default=True, description="Mirror left and right at random.")
    flip_y: bool = Field(default=False, description="Mirror top and bottom at random.")
    light: float = Field(default=0.2, ge=0, le=1, description="Contrast and brightness vary by up to this share.")
    pretrained: bool = Field(default=True, description="Begin with the ImageNet weights of the installed package.")


MANIFEST = Manifest(
    id="image-classification",
    task="classification",
    media="image",
    label_kind="class",
    params=ClassificationParams,
    run="tongguan.train.recipes.image_classification.run",
    predict="tongguan.train.recipes.image_classification.predict",
    minutes=5.0,
    memory_mb=1_500,
)
