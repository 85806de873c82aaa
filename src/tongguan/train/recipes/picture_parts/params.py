"""Parameters that recipes share which train a network on pictures, with their ranges."""

from __future__ import annotations

from pydantic import Field

from tongguan.train.recipes.base import LoopParams, chosen, searched


class VariedParams(LoopParams):
    """Size of the input, and how far pictures are varied; a recipe gives its own defaults where they differ."""

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
    average: float = Field(default=0.99, ge=0, lt=1, description="Decay of the averaged weights.")
    zoom: float = Field(default=0.2, ge=0, le=2, description="Pictures are zoomed by up to this share, in and out.")
    shift: float = Field(
        default=0.05, ge=0, le=0.5, description="Pictures are shifted by up to this share of the side."
    )
    flip_x: bool = Field(default=True, description="Mirror left and right at random.")
    flip_y: bool = Field(default=False, description="Mirror top and bottom at random.")
    light: float = Field(default=0.2, ge=0, le=1, description="Contrast and brightness vary by up to this share.")
    pretrained: bool = Field(default=True, description="Begin with the ImageNet weights of the installed package.")


class NetworkParams(VariedParams):
    """Besides, how the backbone is fitted."""

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


class ClassifierParams(NetworkParams):
    """Besides, what a network has that judges the whole picture."""

    dropout: float = Field(
        default=0.2,
        ge=0,
        lt=1,
        description="Share of the features that is left out at random.",
        json_schema_extra=searched(0.0, 0.5),
    )
