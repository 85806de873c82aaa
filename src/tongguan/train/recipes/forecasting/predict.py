"""The trained forecast in serving: NumPy alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from tongguan.catalog.labels.base import LabelRecord
from tongguan.train.recipes.base import ItemUnreadable, ModelRefused
from tongguan.train.recipes.model_folder import Card, read_model
from tongguan.train.recipes.series_parts.linear import Linear
from tongguan.train.recipes.series_parts.linear import load as load_linear
from tongguan.train.recipes.series_parts.mark import SeriesMark
from tongguan.train.recipes.series_parts.table import series_of, table_of

FILE = "linear.json"


class ForecastingPredictor:
    """Contract of `Predictor`: a table with history -> the next steps of each column."""

    recipe = "forecasting"

    def __init__(self, model: Linear, card: Card) -> None:
        self.model = model
        self.labels = card.labels
        self.threshold = card.threshold
        self.threshold_from = card.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """Bytes of tables (CSV) -> one mark a column. Raises ItemUnreadable: columns missing, history too short."""
        return [self._one(content) for content in contents]

    def _one(self, content: bytes) -> list[LabelRecord]:
        model, table = self.model, table_of(content)
        missing = [name for name in model.columns if name not in table.names]
        if missing:
            raise ItemUnreadable("columns_missing", f"the history has no column {', '.join(missing)}")
        if table.rows < model.longest:
            raise ItemUnreadable("too_short", f"{table.rows} rows of history; {model.longest} are needed")
        found = model.forecast(model.scaled(series_of(table, model.columns).values))

        def own(values: Sequence[float], at: int) -> tuple[float, ...]:
            return tuple(round(float(one) * float(model.sd[at]) + float(model.mean[at]), 6) for one in values)

        return [
            SeriesMark(
                label=name[:200],
                column=name,
                values=own(found[:, at].tolist(), at),
                low=own((found[:, at] + model.below[:, at]).tolist(), at),
                high=own((found[:, at] + model.above[:, at]).tolist(), at),
            )
            for at, name in enumerate(model.columns)
        ]


def load(model: Path, card: Card) -> ForecastingPredictor:
    """Opens the model after checking it. Raises ModelRefused."""
    content = read_model(model, card, FILE)
    try:
        return ForecastingPredictor(load_linear(json.loads(content)), card)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelRefused("model_broken", f"{FILE} cannot be read: {str(error)[:300]}") from error
