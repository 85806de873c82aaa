"""The tracker in serving: NumPy and SciPy alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from tongguan.catalog.labels.base import LabelRecord
from tongguan.train.recipes.base import ModelRefused
from tongguan.train.recipes.model_folder import Card, read_model
from tongguan.train.recipes.track_parts.detections import read_detections
from tongguan.train.recipes.track_parts.labels import labels_of
from tongguan.train.recipes.track_parts.params import TrackerSettings
from tongguan.train.recipes.track_parts.tracker import follow

FILE = "tracker.json"


class TrackPredictor:
    """Contract of `Predictor`: detections of a recording -> its tracks. A recording has as many as it has; there is no
    limit of 100, since an item is a whole recording."""

    recipe = "tracking"

    def __init__(self, settings: TrackerSettings, names: Sequence[str], card: Card) -> None:
        self.settings = settings
        self._names = tuple(names)
        self.labels = card.labels
        self.threshold = card.threshold
        self.threshold_from = card.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """Tables, rows of MOT or answers of a detector -> tracks by falling score. Raises ItemUnreadable."""
        return [self._one(content) for content in contents]

    def _one(self, content: bytes) -> list[LabelRecord]:
        found = read_detections(content, self._names)
        return labels_of(follow(found, self.settings), self.settings.fill)


def load(model: Path, card: Card) -> TrackPredictor:
    """Opens the model after checking it. Raises ModelRefused."""
    content = read_model(model, card, FILE)
    try:
        told = json.loads(content)
        return TrackPredictor(TrackerSettings.model_validate(told["settings"]), list(map(str, told["names"])), card)
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        raise ModelRefused("model_broken", f"{FILE} cannot be read: {str(error)[:300]}") from error
