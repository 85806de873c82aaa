"""What the recipe is asked: its parameters with ranges, from which form, command line and search space come."""

from __future__ import annotations

from tongguan.train.recipes.base import Manifest
from tongguan.train.recipes.table_parts.params import TreeParams


class TabularParams(TreeParams):
    """Parameters of the classifier of rows."""


MANIFEST = Manifest(
    id="tabular-classification",
    task="classification",
    media="table",
    label_kind="class",
    params=TabularParams,
    run="tongguan.train.recipes.tabular_classification.run",
    predict="tongguan.train.recipes.tabular_classification.predict",
    minutes=10.0,
    memory_mb=1_000,
    model_file="trees.json",
    folds=True,
)
