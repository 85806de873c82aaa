"""What the recipe is asked: its parameters with ranges, from which form, command line and search space come."""

from __future__ import annotations

from pydantic import Field

from tongguan.train.recipes.base import Manifest, searched
from tongguan.train.recipes.picture_parts.params import ClassifierParams


class ClassificationParams(ClassifierParams):
    """Parameters of the classifier."""

    smoothing: float = Field(
        default=0.05,
        ge=0,
        lt=1,
        description="Share of the truth that is spread over all label classes: labels may be wrong.",
        json_schema_extra=searched(0.0, 0.2),
    )


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
