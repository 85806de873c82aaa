"""After the last step: temperature from the hold-out, export, the operating threshold, figures on the kept side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from tongguan.train.recipes.calibration import Floats, class_of
from tongguan.train.recipes.finishing import MOST_FOR_THRESHOLD, kept_figures, write_with_threshold
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import figures, judge_of
from tongguan.train.recipes.ordinal_grading.manifest import GradingParams
from tongguan.train.recipes.ordinal_grading.scale import grade_mark
from tongguan.train.recipes.torch_parts.grader import Exported, Grader
from tongguan.train.recipes.torch_parts.onnx_file import compared, to_onnx
from tongguan.train.recipes.torch_parts.pictures import exported_input, put_through, sample_of, stacked

TASK = "grading"
COMPARED = 8
TEMPERATURES = np.geomspace(0.1, 10.0, 400)


def grade_shares(logits: Floats) -> Floats:
    """Logits of being above each grade but the last, (n, grades - 1), -> the probability of each grade, (n, grades)."""
    above = 1 / (1 + np.exp(-logits))
    return np.column_stack([1 - above[:, :1], above[:, :-1] - above[:, 1:], above[:, -1:]])


def finish(job: Job, params: GradingParams, model: Grader, scale: tuple[str, ...], steps: int) -> dict[str, Any]:
    """Writes the folder `model` and returns the run's result."""
    job.report.phase("export")
    job.check_stop()
    model = model.cpu().to(memory_format=torch.contiguous_format).eval()
    train = job.gathered.side("train")
    held = [item for item in train if item.holdout]
    temperature = _temperature(job, params, model, scale, held[:MOST_FOR_THRESHOLD])
    exported = Exported(model, temperature).eval()
    axes = {"pictures": {0: "n"}, "scores": {0: "n"}}
    onnx = to_onnx(exported, exported_input(params.size), ("pictures",), ("scores",), axes)
    check = compared(exported, onnx, sample_of(stacked(job, train[:COMPARED], params.size)))
    card = {
        "recipe": "ordinal-grading",
        "labels": scale,
        "preprocessing": {"size": params.size},
    }
    full = write_with_threshold(job, TASK, onnx, card, "the temperature")
    return {
        **kept_figures(job, TASK, full, _middle(train, job.gathered.side("kept"), scale)),
        "steps": steps,
        "temperature": round(temperature, 4),
        "onnx": {**check.as_json(), "bytes": len(onnx)},
        "labels": list(scale),
    }


def _temperature(job: Job, params: GradingParams, model: Grader, scale: tuple[str, ...], held: Sequence[Item]) -> float:
    """The divisor of the logits with the least negative log-likelihood on the hold-out (Guo et al. 2017); 1 without."""
    if not held:
        return 1.0
    pixels = stacked(job, held, params.size)
    logits = torch.cat(put_through(model, pixels, torch.device("cpu"))).numpy().astype(float)
    rows, truth = np.arange(len(held)), np.array([scale.index(class_of(item)) for item in held])
    losses = [-np.log(np.maximum(grade_shares(logits / one)[rows, truth], 1e-12)).mean() for one in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])


def _middle(train: Sequence[Item], kept: Sequence[Item], scale: tuple[str, ...]) -> dict[str, Any]:
    """What always answering the middle grade of the training items would reach."""
    if not kept:
        return {}
    counts = np.bincount([scale.index(class_of(item)) for item in train], minlength=len(scale))
    mark = grade_mark(scale, counts / counts.sum())
    judge = judge_of(TASK)
    rows = [judge.item(item.records(), [mark]) for item in kept]
    return {"name": judge.blind_name, "metrics": figures(TASK, rows, [item.group for item in kept])["metrics"]}
