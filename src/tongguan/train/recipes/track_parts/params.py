"""The settings of the tracker, each with its range: the recipe's parameters, and what its search varies."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from tongguan.train.recipes.base import searched


class TrackerSettings(BaseModel):
    """How tracks are begun, continued and ended."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    high: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Detections with at least this score are matched first, and may begin tracks.",
        json_schema_extra=searched(0.3, 0.7),
    )
    low: float = Field(
        default=0.15,
        ge=0,
        le=1,
        description="Detections with at least this score continue tracks that the others left open.",
        json_schema_extra=searched(0.05, 0.4),
    )
    birth: float = Field(
        default=0.55,
        ge=0,
        le=1,
        description="Least score of a detection that begins a track.",
        json_schema_extra=searched(0.3, 0.8),
    )
    overlap: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="Least overlap of a detection with where its track is expected.",
        json_schema_extra=searched(0.05, 0.5),
    )
    low_overlap: float = Field(
        default=0.4,
        ge=0,
        le=1,
        description="The same for detections of low score.",
        json_schema_extra=searched(0.2, 0.7),
    )
    buffer: float = Field(
        default=0.15,
        ge=0,
        le=2,
        description="Share by which boxes are grown before overlaps are taken: for small or fast things.",
        json_schema_extra=searched(0.0, 0.6),
    )
    patience: int = Field(
        default=15,
        ge=0,
        le=1_000,
        description="Frames that a track waits for its next detection.",
        json_schema_extra=searched(3, 60, log=True),
    )
    fill: int = Field(
        default=10,
        ge=0,
        le=1_000,
        description="Gaps of at most so many frames are bridged; in longer ones the thing is not in view.",
        json_schema_extra=searched(0, 40),
    )
    least: int = Field(
        default=4,
        ge=1,
        le=1_000,
        description="Tracks with fewer detections are dropped.",
        json_schema_extra=searched(1, 12),
    )
    motion: float = Field(
        default=0.03,
        gt=0,
        le=1,
        description="Change of speed from frame to frame, in heights of the box.",
        json_schema_extra=searched(0.003, 0.1, log=True),
    )
    noise: float = Field(
        default=0.06,
        gt=0,
        le=1,
        description="Error of a detection, in heights of the box.",
        json_schema_extra=searched(0.01, 0.2, log=True),
    )
    smooth: int = Field(
        default=2,
        ge=0,
        le=50,
        description="Boxes are averaged with so many frames before and after. 0: as detected.",
        json_schema_extra=searched(0, 6),
    )
    camera: bool = Field(default=False, description="Follow a camera that moves: the shift of the whole picture.")
