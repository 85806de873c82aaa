"""The part of the recipe that imports PyTorch, Transformers and PEFT: training, and answering with what was trained."""

from __future__ import annotations

from typing import Any

from tongguan.train.recipes.job import Job
from tongguan.train.recipes.language_parts.offline import load_part


def train(job: Job) -> dict[str, Any]:
    """Tunes the model of a run; returns the result written into run.json."""
    result: dict[str, Any] = load_part(f"{__name__}.training").train(job)
    return result


def answerer(*given: Any) -> Any:
    """What a trained model answers: see `answering.open_answerer`."""
    return load_part(f"{__name__}.answering").open_answerer(*given)
