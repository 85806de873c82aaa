"""From masks to a trained segmenter: maps of classes, batches, looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from tongguan.catalog.labels.mask import rle
from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import judge_of
from tongguan.train.recipes.letterbox import Letterboxed
from tongguan.train.recipes.looks import Looks
from tongguan.train.recipes.picture_parts.areas import areal, runs_of
from tongguan.train.recipes.segmentation.manifest import SegmentationParams
from tongguan.train.recipes.segmentation.marking import marks_of
from tongguan.train.recipes.segmentation.run.finish import finish
from tongguan.train.recipes.torch_parts.augment import apply_to_classes
from tongguan.train.recipes.torch_parts.loop import Training, train_steps
from tongguan.train.recipes.torch_parts.machine import prepare_machine
from tongguan.train.recipes.torch_parts.pictures import (
    Pictures,
    begin_backbone,
    normalised,
    planner_of,
    rates_of,
    read,
)
from tongguan.train.recipes.torch_parts.segmenter import Segmenter, overlap_loss

TASK = "segmentation"
JUDGE_SECONDS = 0.08
LEAST_SHARE = 1e-4
"""A class of fewer pixels weighs no more than one of so many."""


def train(job: Job) -> dict[str, Any]:
    """Trains, exports, fixes the threshold, measures on the kept side; returns the result for run.json."""
    params = job.params
    if not isinstance(params, SegmentationParams):
        raise TypeError("the segmenter needs its own parameters")
    device = prepare_machine(job.threads, job.seed)
    everything = job.gathered.side("train")
    labels = _classes(everything)
    torch.manual_seed(job.seed)
    model = Segmenter(len(labels), params.width, params.depth)
    begin_backbone(job, model.backbone, params.pretrained, params.freeze)
    model.to(device=device, memory_format=torch.channels_last)
    training = Training(model, params.average, rates_of(params))
    planner = planner_of(job, JUDGE_SECONDS)
    training.begin(job, planner)
    if training.step < planner.steps:
        job.report.phase("read")
        batches = _Batches(job, params, labels, [item for item in everything if not item.holdout], device, model)
        job.report.phase("train")
        looks = Looks(job, TASK, params.looks)
        train_steps(job, training, planner, batches.loss, looks, batches.look)
    if job.trial:
        return {"steps": training.step, "labels": list(labels)}
    averaged = training.average.model
    if not isinstance(averaged, Segmenter):
        raise TypeError("the averaged model is a copy of the model")
    return finish(job, params, averaged, labels, training.step)


def _classes(items: Sequence[Item]) -> tuple[str, ...]:
    names = {label.label for item in items for label in areal(item.records())}
    if not names:
        raise RecipeError("no_masks", "no training item has a mask or a polygon: there is nothing to learn")
    return tuple(sorted(names))


def class_map(item: Item, labels: tuple[str, ...], size: int) -> NDArray[np.uint16]:
    """Number of the class of each pixel of the letterboxed picture, (size, size), 0 for background. Where two regions
    overlap the smaller one is seen: it would be lost otherwise."""
    scale = size / max(item.width, item.height)
    wide, high = max(1, round(item.width * scale)), max(1, round(item.height * scale))
    shape = (item.height, item.width)
    regions = [(label.label, runs_of(label, shape)) for label in areal(item.records())]
    drawn = np.zeros(shape, dtype=np.uint16)
    for name, runs in sorted(regions, key=lambda one: -rle.area(one[1])):
        drawn[rle.decode(runs, shape)] = labels.index(name) + 1
    out = np.zeros((size, size), dtype=np.uint16)
    small = Image.fromarray(drawn.astype(np.int32)).resize((wide, high), Image.Resampling.NEAREST)
    out[:high, :wide] = np.asarray(small)
    return out


def class_weights(maps: NDArray[np.uint16], classes: int, balance: float) -> Tensor:
    """(share of pixels) ^ -balance for background and each class. Defects cover a few pixels in a hundred: without this
    a network first learns for long that all is background."""
    counts = np.bincount(maps.ravel(), minlength=classes).astype(np.float64)
    shares = np.maximum(counts / counts.sum(), LEAST_SHARE)
    return torch.from_numpy((shares**-balance).astype(np.float32))


class _Batches:
    """The training pictures with their maps of classes, and the loss of each step on its own batch."""

    def __init__(
        self,
        job: Job,
        params: SegmentationParams,
        labels: tuple[str, ...],
        items: Sequence[Item],
        device: torch.device,
        model: nn.Module,
    ) -> None:
        self._job, self._params, self._labels, self._device, self._model = job, params, labels, device, model
        self._pictures = Pictures(job, items, params, device)
        self._maps = np.stack([class_map(item, labels, params.size) for item in items])
        self._weights = class_weights(self._maps, len(labels) + 1, params.balance).to(device)
        self._held: list[Letterboxed] = []

    def loss(self, step: int) -> Tensor:
        """Cross-entropy of pixels and Dice of classes on the varied pictures of a step."""
        index, pictures, moves = self._pictures.batch(step)
        truth = torch.from_numpy(self._maps[index].astype(np.int64)).to(self._device)
        truth = apply_to_classes(truth, moves)
        logits = self._model(pictures)
        return functional.cross_entropy(logits, truth, self._weights) + self._params.overlap_weight * overlap_loss(
            logits, truth
        )

    def look(self, model: nn.Module, looks: Looks, step: int, progress: float) -> None:
        """What the averaged model finds in the held-out pictures."""
        self._held = self._held or [read(self._job, item, self._params.size) for item in looks.items]
        looks.look(
            step, progress, lambda items: [self._seen(model, *one) for one in zip(items, self._held, strict=True)]
        )

    def _seen(self, model: nn.Module, item: Item, picture: Letterboxed) -> Any:
        self._job.check_stop()
        given = torch.from_numpy(picture.pixels).to(self._device).permute(2, 0, 1)[None]
        with torch.no_grad():
            shares = model(normalised(given)).softmax(1)[0].cpu().numpy()
        return judge_of(TASK).item(item.records(), marks_of(shares, picture, self._labels))
