"""What the recipe is asked: its parameters with ranges, from which form, command line and search space come."""

from __future__ import annotations

from pydantic import Field

from tongguan.train.recipes.base import Manifest, chosen, searched
from tongguan.train.recipes.series_parts.params import SeriesParams


class AnomalyParams(SeriesParams):
    """Parameters of the watcher."""

    history: int = Field(
        default=48,
        ge=2,
        le=5_000,
        description="Rows that are looked back.",
        json_schema_extra=chosen(24, 48, 96, 168),
    )
    window: int = Field(
        default=6,
        ge=1,
        le=1_000,
        description="Rows over which small errors of one sign add up.",
        json_schema_extra=chosen(1, 3, 6, 12, 24),
    )
    penalty: float = Field(
        default=0.01,
        ge=0,
        le=100,
        description="Ridge penalty of the forecast, in shares of the mean square of the inputs.",
        json_schema_extra=searched(0.0001, 1, log=True),
    )
    alarms: float = Field(
        default=0.002, gt=0, lt=0.5, description="Share of usual rows that may raise an alarm: fixes the threshold."
    )
    inner: float = Field(
        default=0.3, gt=0, le=0.5, description="Last share of the training time: what is usual is measured there."
    )


MANIFEST = Manifest(
    id="series-anomaly",
    task="anomaly",
    media="series",
    label_kind="interval",
    params=AnomalyParams,
    run="tongguan.train.recipes.series_anomaly.run",
    predict="tongguan.train.recipes.series_anomaly.predict",
    minutes=5.0,
    memory_mb=800,
    model_file="watcher.json",
    folds=True,
)
