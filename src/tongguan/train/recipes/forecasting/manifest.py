"""What the recipe is asked: its parameters with ranges, from which form, command line and search space come."""

from __future__ import annotations

from pydantic import Field

from tongguan.train.recipes.base import Manifest, chosen, searched
from tongguan.train.recipes.series_parts.params import SeriesParams


class ForecastingParams(SeriesParams):
    """Parameters of the forecast."""

    horizon: int = Field(default=96, ge=1, le=2_000, description="Steps that are forecast.")
    history: str = Field(
        default="336,512",
        pattern=r"^\d+(,\d+)*$",
        description="Rows that are looked back; the mean over several lengths is the forecast.",
        json_schema_extra=chosen("336", "512", "336,512", "336,512,720"),
    )
    level: int = Field(
        default=1,
        ge=1,
        le=1_000,
        description="The base that differences are taken from: the mean of so many last rows.",
        json_schema_extra=chosen(1, 3, 6, 24),
    )
    penalty: float = Field(
        default=0.1,
        ge=0,
        le=100,
        description="Ridge penalty, in shares of the mean square of the inputs.",
        json_schema_extra=searched(0.003, 3, log=True),
    )
    coverage: float = Field(default=0.8, gt=0, lt=1, description="Share of true values that the range shall hold.")
    inner: float = Field(
        default=0.2, gt=0, le=0.5, description="Last share of the training time, on which the ranges are measured."
    )

    def lengths(self) -> list[int]:
        """Lengths of look-back."""
        return sorted({max(1, int(one)) for one in self.history.split(",")})


MANIFEST = Manifest(
    id="forecasting",
    task="forecasting",
    media="series",
    label_kind="series",
    params=ForecastingParams,
    run="tongguan.train.recipes.forecasting.run",
    predict="tongguan.train.recipes.forecasting.predict",
    minutes=10.0,
    memory_mb=1_500,
    model_file="linear.json",
    folds=True,
)
