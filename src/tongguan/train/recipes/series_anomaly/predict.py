"""The trained watcher in serving: NumPy alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tongguan.catalog.labels.base import LabelRecord
from tongguan.catalog.labels.interval import IntervalLabel
from tongguan.train.recipes.base import MOST_MARKS, ItemUnreadable, ModelRefused
from tongguan.train.recipes.model_folder import Card, read_model
from tongguan.train.recipes.series_parts.table import series_of, table_of
from tongguan.train.recipes.series_parts.watching import Watcher
from tongguan.train.recipes.series_parts.watching import load as load_watcher

FILE = "watcher.json"
LABEL = "anomaly"


class AnomalyPredictor:
    """Contract of `Predictor`: a table in time -> intervals of rows (from 1) whose score reaches the threshold."""

    recipe = "series-anomaly"

    def __init__(self, watcher: Watcher, card: Card) -> None:
        self.watcher = watcher
        self.labels = card.labels
        self.threshold = card.threshold
        self.threshold_from = card.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """Bytes of tables -> intervals by falling score. Raises ItemUnreadable: columns missing, history too short."""
        return [self._one(content) for content in contents]

    def _one(self, content: bytes) -> list[LabelRecord]:
        forecast, table = self.watcher.forecast, table_of(content)
        missing = [name for name in forecast.columns if name not in table.names]
        if missing:
            raise ItemUnreadable("columns_missing", f"the series has no column {', '.join(missing)}")
        if table.rows <= forecast.longest:
            raise ItemUnreadable("too_short", f"{table.rows} rows; more than {forecast.longest} are needed")
        series = series_of(table, forecast.columns)
        scores = self.watcher.scores(series.values)
        found = np.flatnonzero(scores >= self.threshold)
        runs = np.split(found, np.flatnonzero(np.diff(found) > 1) + 1) if len(found) else []
        marks: list[LabelRecord] = [
            IntervalLabel(
                label=LABEL,
                start=float(run[0] + 1),
                end=float(run[-1] + 1),
                axis="rows",
                score=round(float(scores[run].max()), 6),
            )
            for run in runs
        ]
        return sorted(marks, key=lambda mark: -(mark.score or 0.0))[:MOST_MARKS]


def load(model: Path, card: Card) -> AnomalyPredictor:
    """Opens the model after checking it. Raises ModelRefused."""
    content = read_model(model, card, FILE)
    try:
        return AnomalyPredictor(load_watcher(json.loads(content)), card)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelRefused("model_broken", f"{FILE} cannot be read: {str(error)[:300]}") from error
