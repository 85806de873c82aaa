"""What the recipe is asked: the settings of the tracker with their ranges, and how they are searched."""

from __future__ import annotations

from pydantic import Field

from tongguan.train.recipes.base import Manifest, RecipeParams
from tongguan.train.recipes.track_parts.params import TrackerSettings


class TrackingParams(TrackerSettings, RecipeParams):
    """Parameters of the tracker: where the search for good settings begins, and how far it goes."""

    steps: int | None = Field(
        default=24,
        ge=1,
        le=10_000,
        description="Settings that are tried on the training recordings, the given ones first. 1: as given.",
    )
    fixed: str = Field(
        default="", description="Settings that are not varied, with commas between them: they stay as given."
    )
    frames: int = Field(
        default=12_000,
        ge=100,
        le=10_000_000,
        description="Settings are tried on recordings of at most so many frames together.",
    )

    def last_look(self) -> int:
        """Once, at the end."""
        return 1

    def tracker(self) -> TrackerSettings:
        """The settings alone."""
        return TrackerSettings(**{name: getattr(self, name) for name in TrackerSettings.model_fields})


MANIFEST = Manifest(
    id="tracking",
    task="tracking",
    media="detections",
    label_kind="track",
    params=TrackingParams,
    run="tongguan.train.recipes.tracking.run",
    predict="tongguan.train.recipes.tracking.predict",
    minutes=5.0,
    memory_mb=800,
    model_file="tracker.json",
    folds=True,
)
