"""From grades to a trained grader: batches, looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tongguan.train.recipes.calibration import class_of
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import judge_of
from tongguan.train.recipes.looks import Looks
from tongguan.train.recipes.ordinal_grading.manifest import GradingParams
from tongguan.train.recipes.ordinal_grading.run.finish import finish, grade_shares
from tongguan.train.recipes.ordinal_grading.scale import grade_mark, scale_of
from tongguan.train.recipes.torch_parts.classifier import begun
from tongguan.train.recipes.torch_parts.grader import Grader, above_loss
from tongguan.train.recipes.torch_parts.loop import Training, train_steps
from tongguan.train.recipes.torch_parts.machine import prepare_machine
from tongguan.train.recipes.torch_parts.pictures import Pictures, planner_of, put_through, rates_of, stacked

TASK = "grading"
JUDGE_SECONDS = 0.02


def train(job: Job) -> dict[str, Any]:
    """Trains, fits the temperature, exports, measures; returns the result written into run.json."""
    params = job.params
    if not isinstance(params, GradingParams):
        raise TypeError("the grader needs its own parameters")
    device = prepare_machine(job.threads, job.seed)
    everything = job.gathered.side("train")
    scale = scale_of(everything, params.order)
    model = Grader(begun(job, params, 1), _above(everything, scale)).to(
        device=device, memory_format=torch.channels_last
    )
    training = Training(model, params.average, rates_of(params))
    planner = planner_of(job, JUDGE_SECONDS)
    training.begin(job, planner)
    if training.step < planner.steps:
        job.report.phase("read")
        batches = _Batches(job, params, scale, [item for item in everything if not item.holdout], device, model)
        job.report.phase("train")
        train_steps(job, training, planner, batches.loss, Looks(job, TASK, params.looks), batches.look)
    if job.trial:
        return {"steps": training.step, "labels": list(scale)}
    averaged = training.average.model
    if not isinstance(averaged, Grader):
        raise TypeError("the averaged model is a copy of the model")
    return finish(job, params, averaged, scale, training.step)


def _above(items: Sequence[Item], scale: tuple[str, ...]) -> list[float]:
    """Share of the items above each grade but the last."""
    places = np.array([scale.index(class_of(item)) for item in items])
    return [float((places > place).mean()) for place in range(len(scale) - 1)]


class _Batches:
    """The training pictures as the model will see them, and the loss of each step on its own batch."""

    def __init__(
        self,
        job: Job,
        params: GradingParams,
        scale: tuple[str, ...],
        items: Sequence[Item],
        device: torch.device,
        model: nn.Module,
    ) -> None:
        self._job, self._params, self._scale, self._device, self._model = job, params, scale, device, model
        self._truth = np.array([scale.index(class_of(item)) for item in items], dtype=np.int64)
        self._pictures = Pictures(job, items, params, device)
        self._held: NDArray[np.uint8] | None = None

    def loss(self, step: int) -> Tensor:
        """Of the varied pictures of a step."""
        index, pictures, _ = self._pictures.batch(step)
        return above_loss(self._model(pictures), torch.from_numpy(self._truth[index]).to(self._device))

    def look(self, model: nn.Module, looks: Looks, step: int, progress: float) -> None:
        """What the averaged model says about the held-out pictures."""
        if self._held is None:
            self._held = stacked(self._job, looks.items, self._params.size)
        logits = torch.cat(put_through(model, self._held, self._device)).numpy().astype(float)
        marks = [grade_mark(self._scale, shares) for shares in grade_shares(logits)]
        judge = judge_of(TASK)
        looks.look(
            step,
            progress,
            lambda items: [judge.item(item.records(), [mark]) for item, mark in zip(items, marks, strict=True)],
        )
