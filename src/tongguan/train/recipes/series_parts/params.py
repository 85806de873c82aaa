"""Parameters that every recipe for series has."""

from __future__ import annotations

from pydantic import Field

from tongguan.train.recipes.base import RecipeParams


class SeriesParams(RecipeParams):
    """Which table and columns, and how its time is parted."""

    table: str | None = Field(default=None, description="Which table, where a folder has several.")
    time: str | None = Field(default=None, description="The time column. Empty: the only column of times.")
    target: str = Field(default="", description="Columns to learn, with commas. Empty: all columns of numbers.")
    exclude: str = Field(default="", description="Columns that are left out, with commas between them.")
    months: str = Field(
        default="12/4/4",
        pattern=r"^\d+/\d+/\d+$",
        description="Months of 30 days that train, are kept, are tested. A shorter series is parted in these shares.",
    )

    def last_look(self) -> int:
        """One: the last part of the training time."""
        return 1
