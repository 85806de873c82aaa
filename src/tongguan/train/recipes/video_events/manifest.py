"""What the recipe is asked: where the rules and the tracker come from, and how far settings are searched."""

from __future__ import annotations

from pydantic import Field

from tongguan.train.recipes.base import Manifest, RecipeParams, searched


class EventParams(RecipeParams):
    """Parameters of the finder of events. What events are stands in the file of rules."""

    steps: int | None = Field(
        default=24,
        ge=1,
        le=10_000,
        description="Settings tried for each rule: hysteresis, edges of zones, speeds. 1: the rules as written.",
    )
    rules: str = Field(
        default="", max_length=1_000, description="File of the rules (TOML). Empty: rules.toml in the data."
    )
    tracker: str = Field(
        default="",
        max_length=1_000,
        description="Finished run of the recipe tracking whose settings are taken. Empty: the tracker's own.",
    )
    patience: int = Field(
        default=15,
        ge=0,
        le=1_000,
        description="Frames that a track waits for its next detection, where no run of tracking is named.",
        json_schema_extra=searched(3, 60, log=True),
    )
    fill: int = Field(
        default=10,
        ge=0,
        le=1_000,
        description="Gaps of at most so many frames are bridged, where no run of tracking is named.",
        json_schema_extra=searched(0, 40),
    )

    def last_look(self) -> int:
        """Once, at the end."""
        return 1


MANIFEST = Manifest(
    id="video-events",
    task="events",
    media="detections",
    label_kind="interval",
    params=EventParams,
    run="tongguan.train.recipes.video_events.run",
    predict="tongguan.train.recipes.video_events.predict",
    minutes=5.0,
    memory_mb=800,
    model_file="events.json",
    folds=True,
)
