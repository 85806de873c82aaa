"""The part of the recipe that imports PyTorch, Transformers and PEFT: training, and answering with what was trained.

Nothing may be downloaded, so the library that could is told so before it is first imported.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.job import Job

OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "DISABLE_TELEMETRY")
NEEDS = "it needs the extra `language`: pip install 'tongguan[train,language]'"

os.environ.update(dict.fromkeys(OFFLINE, "1"))
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def _part(name: str) -> Any:
    try:
        return importlib.import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        raise RecipeError(
            "library_missing", f"{error.name} is not installed; {NEEDS}", library=str(error.name)
        ) from error


def train(job: Job) -> dict[str, Any]:
    """Tunes the model of a run; returns the result written into run.json."""
    result: dict[str, Any] = _part("training").train(job)
    return result


def answerer(*given: Any) -> Any:
    """What a trained model answers: see `answering.open_answerer`."""
    return _part("answering").open_answerer(*given)
