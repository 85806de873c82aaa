"""What the recipe is asked: its parameters with ranges, from which form, command line and search space come."""

from __future__ import annotations

from pydantic import Field

from tongguan.train.recipes.base import Manifest, chosen, searched
from tongguan.train.recipes.picture_parts.params import VariedParams


class AnomalyParams(VariedParams):
    """Parameters of the memory of good patches."""

    size: int = Field(
        default=224,
        ge=64,
        le=1024,
        multiple_of=32,
        description="Side of the input in pixels, a multiple of 32.",
        json_schema_extra=chosen(160, 192, 224, 256),
    )
    batch: int = Field(default=16, ge=1, le=256, description="Pictures per step.")
    learning_rate: float = Field(
        default=2e-3,
        gt=0,
        le=0.1,
        description="Largest learning rate of AdamW.",
        json_schema_extra=searched(5e-4, 8e-3, log=True),
    )
    average: float = Field(default=0.9, ge=0, lt=1, description="Decay of the averaged weights.")
    zoom: float = Field(default=0.0, ge=0, le=2, description="Pictures are zoomed by up to this share, in and out.")
    shift: float = Field(default=0.0, ge=0, le=0.5, description="Pictures are shifted by up to this share of the side.")
    flip_y: bool = Field(default=True, description="Mirror top and bottom at random.")
    light: float = Field(default=0.05, ge=0, le=1, description="Contrast and brightness vary by up to this share.")
    holdout: float = Field(
        default=0.25,
        ge=0,
        le=0.5,
        description="Share of the training groups that is not fitted: their good pictures fix the threshold.",
    )
    memory: int = Field(
        default=256,
        ge=1,
        le=4096,
        description="Typical patches of good pictures that the model keeps.",
        json_schema_extra=chosen(64, 256, 1024),
    )
    alarms: float = Field(
        default=0.05, gt=0, lt=0.5, description="Share of good pictures that may raise an alarm: fixes the threshold."
    )
    good: str = Field(
        default="good,ok,normal,正常,良品,合格",
        min_length=1,
        max_length=500,
        description="Label classes of good pictures, commas between; a picture where nothing was found is good too.",
    )

    def good_names(self) -> tuple[str, ...]:
        """The names, in small letters."""
        return tuple(sorted({name.strip().lower() for name in self.good.replace("，", ",").split(",") if name.strip()}))


MANIFEST = Manifest(
    id="anomaly",
    task="picture-anomaly",
    media="image",
    label_kind="class",
    params=AnomalyParams,
    run="tongguan.train.recipes.anomaly.run",
    predict="tongguan.train.recipes.anomaly.predict",
    minutes=2.0,
    memory_mb=1_500,
    also=("box", "rotated_box", "polygon", "mask", "ellipse", "polyline", "points"),
    marks=("class", "box"),
    projects=False,
)
