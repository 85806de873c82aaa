"""The rules in serving: NumPy and SciPy alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tongguan.catalog.labels.base import LabelRecord
from tongguan.train.recipes.base import ModelRefused, UsageProblem
from tongguan.train.recipes.event_parts.finding import Taken, find_events, scene_of
from tongguan.train.recipes.event_parts.rule_file import read_rules
from tongguan.train.recipes.event_parts.rules import Rules
from tongguan.train.recipes.model_folder import Card, read_model
from tongguan.train.recipes.track_parts.detections import Detections, Facts, completed, read_detections
from tongguan.train.recipes.track_parts.params import TrackerSettings
from tongguan.train.recipes.track_parts.tracker import Track, follow, given_tracks

FILE = "events.json"


class EventPredictor:
    """Contract of `Predictor`: boxes or tracks of a recording -> events in seconds, with frames of evidence and the
    numbers of the tracks as attributes."""

    recipe = "video-events"

    def __init__(
        self,
        rules: Rules,
        taken: Mapping[int, Taken],
        settings: TrackerSettings,
        usual: Facts,
        names: Sequence[str],
        card: Card,
    ) -> None:
        self.rules, self.taken, self.settings, self.usual = rules, taken, settings, usual
        self._names = tuple(names)
        self.labels = card.labels
        self.threshold = card.threshold
        self.threshold_from = card.threshold_from

    def predict(self, contents: Sequence[bytes]) -> list[list[LabelRecord]]:
        """Tables, rows of MOT or answers of a detector; where every box has a track, nothing is followed anew. Raises
        ItemUnreadable."""
        return [self._one(read_detections(content, self._names)) for content in contents]

    def _one(self, found: Detections) -> list[LabelRecord]:
        found = completed(found, self.usual)
        scene = scene_of(found, tracks_in(found, self.settings), self.settings.fill, self.rules)
        return find_events(scene, self.taken)


def tracks_in(found: Detections, settings: TrackerSettings) -> list[Track]:
    """The tracks as given, else as followed."""
    return given_tracks(found) if found.tracked else follow(found, settings)


def dump(
    rules: str, taken: Mapping[int, Taken], settings: TrackerSettings, usual: Facts, names: Sequence[str]
) -> bytes:
    """The model's file."""
    told: dict[str, Any] = {
        "rules": rules,
        "taken": {str(at): one.model_dump() for at, one in sorted(taken.items())},
        "tracker": settings.model_dump(),
        "names": list(names),
        "usual": {"rate": usual.rate, "width": usual.width, "height": usual.height},
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode()


def load(model: Path, card: Card) -> EventPredictor:
    """Opens the model after checking it. Raises ModelRefused."""
    content = read_model(model, card, FILE)
    try:
        told = json.loads(content)
        taken = {int(at): Taken.model_validate(one) for at, one in told["taken"].items()}
        settings = TrackerSettings.model_validate(told["tracker"])
        said = told["usual"]
        usual = Facts(0, float(said["rate"]), int(said["width"]), int(said["height"]))
        return EventPredictor(read_rules(told["rules"]), taken, settings, usual, list(map(str, told["names"])), card)
    except (KeyError, TypeError, ValueError, AttributeError, ValidationError, UsageProblem) as error:
        raise ModelRefused("model_broken", f"{FILE} cannot be read: {str(error)[:300]}") from error
