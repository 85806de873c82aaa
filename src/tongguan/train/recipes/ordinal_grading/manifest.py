"""What the recipe is asked: its parameters with ranges, from which form, command line and search space come."""

from __future__ import annotations

from pydantic import Field

from tongguan.train.recipes.base import Manifest
from tongguan.train.recipes.picture_parts.params import ClassifierParams


class GradingParams(ClassifierParams):
    """Parameters of the grader."""

    zoom: float = Field(
        default=0.0,
        ge=0,
        le=2,
        description="Pictures are zoomed by up to this share, in and out; 0 where a grade goes by size.",
    )
    order: str = Field(
        default="",
        max_length=2_000,
        description="The grades from the lowest to the highest, commas between. Empty: by the places that labels "
        "say, else by the number in each name.",
    )


MANIFEST = Manifest(
    id="ordinal-grading",
    task="grading",
    media="image",
    label_kind="class",
    params=GradingParams,
    run="tongguan.train.recipes.ordinal_grading.run",
    predict="tongguan.train.recipes.ordinal_grading.predict",
    minutes=5.0,
    memory_mb=1_500,
)
