"""All recipes. To add one: a folder beside this file and a line here.

This is the only place where code is imported late: `run` needs PyTorch, `predict` needs ONNX Runtime, a study needs
Optuna, and none may weigh on processes that only want to know which recipes exist.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from tongguan.train.recipes.anomaly.manifest import MANIFEST as ANOMALY
from tongguan.train.recipes.base import Manifest, ModelRefused, Predictor, UsageProblem
from tongguan.train.recipes.cuboid_detection.manifest import MANIFEST as CUBOID_DETECTION
from tongguan.train.recipes.detection.manifest import MANIFEST as DETECTION
from tongguan.train.recipes.forecasting.manifest import MANIFEST as FORECASTING
from tongguan.train.recipes.image_classification.manifest import MANIFEST as IMAGE_CLASSIFICATION
from tongguan.train.recipes.model_folder import find_model, read_card
from tongguan.train.recipes.ordinal_grading.manifest import MANIFEST as ORDINAL_GRADING
from tongguan.train.recipes.oriented_detection.manifest import MANIFEST as ORIENTED_DETECTION
from tongguan.train.recipes.preference.manifest import MANIFEST as PREFERENCE
from tongguan.train.recipes.segmentation.manifest import MANIFEST as SEGMENTATION
from tongguan.train.recipes.series_anomaly.manifest import MANIFEST as SERIES_ANOMALY
from tongguan.train.recipes.sft.manifest import MANIFEST as SFT
from tongguan.train.recipes.sound_classification.manifest import MANIFEST as SOUND_CLASSIFICATION
from tongguan.train.recipes.span_extraction.manifest import MANIFEST as SPAN_EXTRACTION
from tongguan.train.recipes.speech_to_text.manifest import MANIFEST as SPEECH_TO_TEXT
from tongguan.train.recipes.tabular_classification.manifest import MANIFEST as TABULAR_CLASSIFICATION
from tongguan.train.recipes.tabular_screening.manifest import MANIFEST as TABULAR_SCREENING
from tongguan.train.recipes.text_classification.manifest import MANIFEST as TEXT_CLASSIFICATION
from tongguan.train.recipes.tracking.manifest import MANIFEST as TRACKING
from tongguan.train.recipes.video_events.manifest import MANIFEST as VIDEO_EVENTS

_MEMBERS: tuple[Manifest, ...] = (
    DETECTION,
    IMAGE_CLASSIFICATION,
    ANOMALY,
    SEGMENTATION,
    ORDINAL_GRADING,
    ORIENTED_DETECTION,
    SPAN_EXTRACTION,
    TEXT_CLASSIFICATION,
    PREFERENCE,
    SOUND_CLASSIFICATION,
    SPEECH_TO_TEXT,
    TABULAR_CLASSIFICATION,
    TABULAR_SCREENING,
    FORECASTING,
    SERIES_ANOMALY,
    TRACKING,
    VIDEO_EVENTS,
    CUBOID_DETECTION,
    SFT,
)

RECIPES: dict[str, Manifest] = {member.id: member for member in _MEMBERS}

if len(RECIPES) != len(_MEMBERS):
    raise RuntimeError("two recipes share an id")


def recipe(recipe_id: str) -> Manifest:
    """The manifest of a recipe. Raises UsageProblem that lists the recipes there are."""
    if recipe_id not in RECIPES:
        names = ", ".join(sorted(RECIPES))
        raise UsageProblem("unknown_recipe", f"there is no recipe {recipe_id!r}; there is: {names}", recipe=recipe_id)
    return RECIPES[recipe_id]


def load_trainer(recipe_id: str) -> Any:
    """The module `run` of a recipe, which imports PyTorch; only the child process calls this."""
    return importlib.import_module(recipe(recipe_id).run)


def load_adviser() -> Any:
    """The module that asks Optuna; only a study under way loads it."""
    return importlib.import_module("tongguan.train.recipes.studies.adviser")


def load_predictor(folder: Path) -> Predictor:
    """Loads the model of a finished run, from the run's folder or its folder `model`.

    The only way in for evaluation, serving and commands. Raises ModelRefused with a reason where the folder, the model
    file or its card is missing, broken, or holds anything but the computation that the recipe exports.
    """
    model = find_model(Path(folder))
    card = read_card(model)
    if card.recipe not in RECIPES:
        raise ModelRefused(
            "card_broken", f"{model}: there is no recipe {card.recipe!r}", path=str(model), field="recipe"
        )
    module = importlib.import_module(RECIPES[card.recipe].predict)
    predictor: Predictor = module.load(model, card)
    return predictor
