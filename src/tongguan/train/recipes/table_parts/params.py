"""Parameters that every recipe for tables has."""

from __future__ import annotations

from pydantic import Field

from tongguan.train.recipes.base import RecipeParams, searched


class TableParams(RecipeParams):
    """Which table and columns, and how the training rows are parted inside."""

    table: str | None = Field(default=None, description="Which table, where a folder has several.")
    target: str | None = Field(
        default=None, description="The column to predict. Empty: the one named label, target, class, fault or y."
    )
    group: str | None = Field(default=None, description="Rows that share a value here are never parted.")
    time: str | None = Field(default=None, description="Column with the time: the last rows are kept, not random ones.")
    exclude: str = Field(default="", description="Columns that are no inputs, with commas between them.")
    slices: str = Field(
        default="", description="Columns by which figures are parted. Empty: those with stage in their name."
    )
    folds: int = Field(
        default=5,
        ge=2,
        le=20,
        description="Parts of the training rows for the cross-validation inside training: it calibrates, fixes the "
        "threshold and decides studies.",
    )

    def last_look(self) -> int:
        """After every fold."""
        return self.folds

    def negative_class(self) -> str:
        """The class that says that nothing was found, where the recipe asks for one."""
        return ""


class TreeParams(TableParams):
    """Parameters of boosted and of random trees, whose probabilities are averaged."""

    steps: int | None = Field(
        default=150, ge=1, le=10_000, description="Rounds of boosting; each adds one tree for every class."
    )
    learning_rate: float = Field(
        default=0.05,
        gt=0,
        le=1,
        description="How far each round goes.",
        json_schema_extra=searched(0.02, 0.2, log=True),
    )
    leaves: int = Field(
        default=16, ge=2, le=512, description="Leaves of a boosted tree.", json_schema_extra=searched(6, 64, log=True)
    )
    least_rows: int = Field(
        default=5, ge=1, le=1_000, description="Fewest rows in a leaf.", json_schema_extra=searched(2, 40, log=True)
    )
    columns: float = Field(
        default=0.9,
        gt=0,
        le=1,
        description="Share of the columns that a tree looks at.",
        json_schema_extra=searched(0.2, 1),
    )
    rows: float = Field(
        default=0.95,
        gt=0,
        le=1,
        description="Share of the rows that a tree is grown on.",
        json_schema_extra=searched(0.5, 1),
    )
    shrink: float = Field(
        default=0.05,
        ge=0,
        le=1_000,
        description="L2 penalty on leaves.",
        json_schema_extra=searched(0.01, 20, log=True),
    )
    bins: int = Field(default=1_000, ge=2, le=60_000, description="Places in a column at which boosted trees may cut.")
    any_cut: bool = Field(default=True, description="Boosted trees cut at random places instead of the best ones.")
    forest: int = Field(default=200, ge=0, le=2_000, description="Random trees beside the boosted ones; 0: none.")
    mix: float = Field(
        default=0.6,
        ge=0,
        le=1,
        description="Weight of the random trees in the mean of the two.",
        json_schema_extra=searched(0, 1),
    )
