"""From items to a trained classifier: pictures, batches, looks."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from tongguan.catalog.metrics.classes import ClassItem
from tongguan.train.recipes.calibration import class_of, classes_of
from tongguan.train.recipes.image_classification.manifest import ClassificationParams
from tongguan.train.recipes.image_classification.run.finish import finish, scores_of
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.looks import Looks
from tongguan.train.recipes.torch_parts.classifier import Classifier, begun
from tongguan.train.recipes.torch_parts.loop import Training, train_steps
from tongguan.train.recipes.torch_parts.machine import prepare_machine
from tongguan.train.recipes.torch_parts.pictures import Pictures, planner_of, rates_of, stacked

JUDGE_SECONDS = 0.02


def train(job: Job) -> dict[str, Any]:
    """Trains, fits the temperature, exports, measures; returns the result written into run.json."""
    params = job.params
    if not isinstance(params, ClassificationParams):
        raise TypeError("the classifier needs its own parameters")
    device = prepare_machine(job.threads, job.seed)
    everything = job.gathered.side("train")
    labels = classes_of(everything)
    model = begun(job, params, len(labels)).to(device=device, memory_format=torch.channels_last)
    training = Training(model, params.average, rates_of(params))
    planner = planner_of(job, JUDGE_SECONDS)
    training.begin(job, planner)
    if training.step < planner.steps:
        job.report.phase("read")
        batches = _Batches(job, params, labels, [item for item in everything if not item.holdout], device, model)
        job.report.phase("train")
        looks = Looks(job, "classification", params.looks)
        train_steps(job, training, planner, batches.loss, looks, batches.look)
    if job.trial:
        return {"steps": training.step, "labels": list(labels)}
    averaged = training.average.model
    if not isinstance(averaged, Classifier):
        raise TypeError("the averaged model is a copy of the model")
    return finish(job, params, averaged, labels, training.step)


class _Batches:
    """The training pictures as the model will see them, and the loss of each step on its own batch."""

    def __init__(
        self,
        job: Job,
        params: ClassificationParams,
        labels: tuple[str, ...],
        items: list[Item],
        device: torch.device,
        model: nn.Module,
    ) -> None:
        self._job, self._params, self._labels, self._device, self._model = job, params, labels, device, model
        number = {name: at for at, name in enumerate(labels)}
        self._truth = np.array([number[class_of(item)] for item in items], dtype=np.int64)
        self._pictures = Pictures(job, items, params, device)
        self._held: NDArray[np.uint8] | None = None

    def loss(self, step: int) -> Tensor:
        """Cross-entropy with smoothed labels on the varied pictures of a step."""
        index, pictures, _ = self._pictures.batch(step)
        logits = self._model(pictures)
        truth = torch.from_numpy(self._truth[index]).to(self._device)
        return functional.cross_entropy(logits, truth, label_smoothing=self._params.smoothing)

    def look(self, model: nn.Module, looks: Looks, step: int, progress: float) -> None:
        """What the averaged model says about the held-out pictures."""
        if self._held is None:
            self._held = stacked(self._job, looks.items, self._params.size)
        scores = scores_of(model, self._held, self._device)
        best = scores.argmax(axis=1)
        looks.look(
            step,
            progress,
            lambda items: [
                ClassItem(class_of(item), self._labels[best[at]], float(scores[at, best[at]]))
                for at, item in enumerate(items)
            ],
        )
