"""What the recipe is asked: its parameters with ranges, from which form, command line and search space come."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tongguan.train.recipes.base import Manifest, searched
from tongguan.train.recipes.table_parts.params import TreeParams


class ScreeningParams(TreeParams):
    """Parameters of the screening."""

    negative: str = Field(default="", max_length=200, description="The class that says that nothing was found.")
    specificity: float = Field(
        default=0.99, gt=0, lt=1, description="Share of the negatives that the threshold lets through as negative."
    )
    merge: str = Field(
        default="Stomach+Esophagus=Upper GI",
        description="Classes that count as one where the organ is judged: A+B=NAME, with commas between several.",
    )
    steps: int | None = Field(default=400, ge=1, le=10_000, description="Rounds of boosting of the detector.")
    learning_rate: float = Field(
        default=0.05,
        gt=0,
        le=1,
        description="How far each round goes.",
        json_schema_extra=searched(0.02, 0.2, log=True),
    )
    leaves: int = Field(
        default=15, ge=2, le=512, description="Leaves of a boosted tree.", json_schema_extra=searched(6, 64, log=True)
    )
    least_rows: int = Field(
        default=3,
        ge=1,
        le=1_000,
        description="Fewest rows in a leaf.",
        json_schema_extra=searched(2, 40, log=True),
    )
    columns: float = Field(
        default=0.3,
        gt=0,
        le=1,
        description="Share of the columns that a tree looks at.",
        json_schema_extra=searched(0.2, 1),
    )
    rows: float = Field(
        default=0.9,
        gt=0,
        le=1,
        description="Share of the rows that a tree is grown on.",
        json_schema_extra=searched(0.5, 1),
    )
    shrink: float = Field(
        default=0.1, ge=0, le=1_000, description="L2 penalty on leaves.", json_schema_extra=searched(0.01, 20, log=True)
    )
    any_cut: bool = Field(default=False, description="Boosted trees cut at random places instead of the best ones.")
    mix: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Weight of random trees in the detector; the class of positives has half of each.",
        json_schema_extra=searched(0, 1),
    )
    limits: Literal["measured", "common"] = Field(
        default="measured",
        description="Values beyond what could be measured: as each batch wrote them, or one common limit for all rows, "
        "which hides from the model in which batch a row was measured.",
    )

    def negative_class(self) -> str:
        """As asked."""
        return self.negative

    def merged(self) -> dict[str, str]:
        """Class -> the name under which it is judged."""
        found: dict[str, str] = {}
        for part in self.merge.split(","):
            names, _, shared = part.partition("=")
            if shared.strip():
                found |= {name.strip(): shared.strip() for name in names.split("+")}
        return found


MANIFEST = Manifest(
    id="tabular-screening",
    task="screening",
    media="table",
    label_kind="class",
    params=ScreeningParams,
    run="tongguan.train.recipes.tabular_screening.run",
    predict="tongguan.train.recipes.tabular_screening.predict",
    minutes=10.0,
    memory_mb=1_000,
    model_file="trees.json",
    folds=True,
)
