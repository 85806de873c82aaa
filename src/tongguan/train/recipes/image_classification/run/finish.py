"""After the last step: temperature from the hold-out, export, the operating threshold, figures on the kept side."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from tongguan.train.recipes.calibration import Floats, class_of, softmax, temperature_of
from tongguan.train.recipes.finishing import MOST_FOR_THRESHOLD, kept_figures, write_with_threshold
from tongguan.train.recipes.image_classification.manifest import ClassificationParams
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import baseline
from tongguan.train.recipes.torch_parts.classifier import Classifier, Exported
from tongguan.train.recipes.torch_parts.onnx_file import compared, to_onnx
from tongguan.train.recipes.torch_parts.pictures import exported_input, put_through, sample_of, stacked

TASK = "classification"
COMPARED = 8


def scores_of(model: nn.Module, pixels: NDArray[np.uint8], device: torch.device) -> Floats:
    """uint8 (n, size, size, 3) -> (n, classes), as probabilities."""
    return softmax(torch.cat(put_through(model, pixels, device)).numpy().astype(float))


def finish(
    job: Job, params: ClassificationParams, model: Classifier, labels: tuple[str, ...], steps: int
) -> dict[str, Any]:
    """Writes the folder `model` and returns the run's result."""
    job.report.phase("export")
    job.check_stop()
    model = model.cpu().to(memory_format=torch.contiguous_format).eval()
    train = job.gathered.side("train")
    held = [item for item in train if item.holdout]
    temperature = _temperature(job, params, model, labels, held)
    exported = Exported(model, temperature).eval()
    axes = {"pictures": {0: "n"}, "scores": {0: "n"}}
    onnx = to_onnx(exported, exported_input(params.size), ("pictures",), ("scores",), axes)
    check = compared(exported, onnx, sample_of(stacked(job, train[:COMPARED], params.size)))
    card = {
        "recipe": "image-classification",
        "labels": labels,
        "preprocessing": {"size": params.size},
    }
    full = write_with_threshold(job, TASK, onnx, card, "the temperature")
    return {
        **kept_figures(job, TASK, full, baseline(TASK, train, job.gathered.side("kept"))),
        "steps": steps,
        "temperature": round(temperature, 4),
        "onnx": {**check.as_json(), "bytes": len(onnx)},
        "labels": list(labels),
    }


def _temperature(
    job: Job, params: ClassificationParams, model: Classifier, labels: tuple[str, ...], held: list[Item]
) -> float:
    chosen = held[:MOST_FOR_THRESHOLD]
    if not chosen:
        return 1.0
    pixels = stacked(job, chosen, params.size)
    logits = torch.cat(put_through(model, pixels, torch.device("cpu"))).numpy().astype(float)
    number = {name: at for at, name in enumerate(labels)}
    return temperature_of(logits, np.array([number[class_of(item)] for item in chosen]))
