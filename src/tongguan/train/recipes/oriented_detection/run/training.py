"""From turned boxes to a trained detector: batches, losses, looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tongguan.catalog.labels.rotated_box.overlap import rows_of
from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judges.shapes import turned_boxes
from tongguan.train.recipes.judging import judge_of
from tongguan.train.recipes.letterbox import Letterboxed
from tongguan.train.recipes.looks import Looks
from tongguan.train.recipes.oriented_detection.manifest import OrientedParams
from tongguan.train.recipes.oriented_detection.marking import marks_of
from tongguan.train.recipes.oriented_detection.run.finish import finish
from tongguan.train.recipes.oriented_detection.run.moving import gaussian_rows, moved_rows
from tongguan.train.recipes.torch_parts.assignment import assign_by
from tongguan.train.recipes.torch_parts.loop import Training, train_steps
from tongguan.train.recipes.torch_parts.losses import varifocal
from tongguan.train.recipes.torch_parts.machine import prepare_machine
from tongguan.train.recipes.torch_parts.oriented import NUMBERS, OrientedDetector, distance, inside, likeness
from tongguan.train.recipes.torch_parts.pictures import (
    Pictures,
    begin_backbone,
    normalised,
    planner_of,
    rates_of,
    read,
)

TASK = "oriented-detection"
BOX_WEIGHT = 2.5
JUDGE_SECONDS = 0.08


def train(job: Job) -> dict[str, Any]:
    """Trains, exports, fixes the threshold, measures on the kept side; returns the result for run.json."""
    params = job.params
    if not isinstance(params, OrientedParams):
        raise TypeError("the detector of turned boxes needs its own parameters")
    device = prepare_machine(job.threads, job.seed)
    everything = job.gathered.side("train")
    labels = tuple(sorted({box.label for item in everything for box in turned_boxes(item.records())}))
    if not labels:
        raise RecipeError("no_boxes", "no training item has a box: there is nothing to learn")
    torch.manual_seed(job.seed)
    model = OrientedDetector(len(labels), params.size, params.width, params.depth)
    begin_backbone(job, model.backbone, params.pretrained, params.freeze)
    model.to(device=device, memory_format=torch.channels_last)
    training = Training(model, params.average, rates_of(params))
    planner = planner_of(job, JUDGE_SECONDS)
    training.begin(job, planner)
    if training.step < planner.steps:
        job.report.phase("read")
        batches = _Batches(job, params, labels, [item for item in everything if not item.holdout], device, model)
        job.report.phase("train")
        train_steps(job, training, planner, batches.loss, Looks(job, TASK, params.looks), batches.look)
    if job.trial:
        return {"steps": training.step, "labels": list(labels)}
    averaged = training.average.model
    if not isinstance(averaged, OrientedDetector):
        raise TypeError("the averaged model is a copy of the model")
    return finish(job, params, averaged, labels, training.step)


class _Batches:
    """The training pictures with their boxes, and the loss of each step on its own batch."""

    def __init__(
        self,
        job: Job,
        params: OrientedParams,
        labels: tuple[str, ...],
        items: Sequence[Item],
        device: torch.device,
        model: OrientedDetector,
    ) -> None:
        self._job, self._params, self._labels, self._device, self._model = job, params, labels, device, model
        self._pictures = Pictures(job, items, params, device)
        self._boxes, self._classes = [], []
        for item, factor in zip(items, self._pictures.factors, strict=True):
            boxes = turned_boxes(item.records())
            rows = rows_of(boxes)
            rows[:, :4] *= (*factor, float(np.mean(factor)), float(np.mean(factor)))
            self._boxes.append(rows)
            self._classes.append(np.array([labels.index(box.label) for box in boxes], dtype=np.int64))
        self._held: list[Letterboxed] = []

    def loss(self, step: int) -> Tensor:
        """Scores by how well their boxes lie, boxes by the distance of their Gaussians.

        Every cell that learns a box counts alike for its place: weighed by how well it lies already, as the score is,
        a thin box that nothing overlaps yet would hardly pull. The root of the distance grows evenly with the way that
        is left, where likeness is flat.
        """
        index, pictures, moves = self._pictures.batch(step)
        factor, offset = moves.factor.numpy(), moves.offset.numpy()
        rows = []
        for at, which in enumerate(index):
            moved, kept = moved_rows(self._boxes[which], factor[at], offset[at], self._params.size)
            rows.append((gaussian_rows(moved[kept]), self._classes[which][kept]))
        truth, labels, there = (one.to(self._device) for one in _padded(rows))
        logits, boxes = self._model(pictures)
        with torch.no_grad():
            overlap = likeness(truth[:, :, None], boxes.detach()[:, None])
            may = inside(self._model.centres, truth) & there[:, :, None]
        given = assign_by(logits.detach().sigmoid(), overlap, may, labels)
        total = given.target.sum().clamp(min=1.0)
        scores = varifocal(logits, given.target) / total
        if not bool(given.positive.any()):
            return scores + boxes.sum() * 0.0
        wanted = truth.gather(1, given.truth[..., None].expand(-1, -1, NUMBERS))[given.positive]
        placed = torch.log1p(distance(boxes[given.positive], wanted).sqrt()).mean()
        return scores + BOX_WEIGHT * placed

    def look(self, model: torch.nn.Module, looks: Looks, step: int, progress: float) -> None:
        """What the averaged model finds in the held-out pictures."""
        self._held = self._held or [read(self._job, item, self._params.size) for item in looks.items]
        looks.look(
            step, progress, lambda items: [self._seen(model, *one) for one in zip(items, self._held, strict=True)]
        )

    def _seen(self, model: torch.nn.Module, item: Item, picture: Letterboxed) -> Any:
        self._job.check_stop()
        given = torch.from_numpy(picture.pixels).to(self._device).permute(2, 0, 1)[None]
        with torch.no_grad():
            logits, boxes = model(normalised(given))
        scores = logits.sigmoid()[0].cpu().numpy()
        marks = marks_of(boxes[0].cpu().numpy(), scores, self._params.nms_overlap, picture, self._labels)
        return judge_of(TASK).item(item.records(), marks)


def _padded(rows: list[tuple[NDArray[np.float32], NDArray[np.int64]]]) -> tuple[Tensor, Tensor, Tensor]:
    """Boxes (N, M, 6), classes (N, M), and whether there is one (N, M)."""
    most = max(len(classes) for _, classes in rows)
    truth = np.zeros((len(rows), most, NUMBERS), dtype=np.float32)
    # A box that is not there still needs a size and a direction to be computed with.
    truth[..., 2:5] = 1.0
    labels, there = np.zeros((len(rows), most), dtype=np.int64), np.zeros((len(rows), most), dtype=bool)
    for at, (boxes, classes) in enumerate(rows):
        truth[at, : len(boxes)], labels[at, : len(boxes)], there[at, : len(boxes)] = boxes, classes, True
    return torch.from_numpy(truth), torch.from_numpy(labels), torch.from_numpy(there)
