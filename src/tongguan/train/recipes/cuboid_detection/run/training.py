"""From clouds to a trained detector: batches, looks, export, figures beside clusters."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tongguan.catalog.labels.cuboid import CuboidLabel
from tongguan.catalog.metrics.cuboids import CuboidItem
from tongguan.train.recipes.base import ItemUnreadable, Onnx, RecipeError
from tongguan.train.recipes.batches import drawn
from tongguan.train.recipes.cloud_parts.above import CHANNELS, Area, ground_of, seen_from_above
from tongguan.train.recipes.cloud_parts.clouds import points_of
from tongguan.train.recipes.cloud_parts.clusters import clustered, usual_sizes
from tongguan.train.recipes.cloud_parts.decoding import cuboids_of
from tongguan.train.recipes.cuboid_detection.manifest import CuboidParams
from tongguan.train.recipes.cuboid_detection.predict import Facts
from tongguan.train.recipes.cuboid_detection.run.model import CloudNet, Exported, loss_of
from tongguan.train.recipes.cuboid_detection.run.samples import Sample, area_for, given_and_wanted, sample_of, varied
from tongguan.train.recipes.finishing import kept_figures, write_with_threshold
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import figures
from tongguan.train.recipes.looks import Looks
from tongguan.train.recipes.torch_parts.loop import Rates, Training, train_steps
from tongguan.train.recipes.torch_parts.machine import prepare_machine
from tongguan.train.recipes.torch_parts.onnx_file import largest_difference, to_onnx, with_facts

TASK = "cuboids"
EXPORT_SECONDS = 4.0
JUDGE_SECONDS = 0.15
"""Guesses of what comes after the last step; they only have to keep the run within its minutes."""
COMPARED = 8


def train(job: Job) -> dict[str, Any]:
    """Trains, exports, measures; returns the result written into run.json."""
    params = job.params
    if not isinstance(params, CuboidParams):
        raise TypeError("the detector in point clouds needs its own parameters")
    device = prepare_machine(job.threads, job.seed)
    job.report.phase("read")
    items = job.gathered.side("train")
    labels = tuple(sorted({one.label for item in items for one in item.records() if isinstance(one, CuboidLabel)}))
    if not labels:
        raise RecipeError("nothing_to_train", "no training cloud has a cuboid")
    samples = [_sample(job, item, labels) for item in items if not item.holdout]
    area = area_for(params, [one for one in samples if len(one.things)])
    torch.manual_seed(job.seed)
    model = CloudNet(params.width, len(labels)).to(device)
    training = Training(model, params.average, Rates(params.learning_rate, 1.0, params.weight_decay))
    planner = job.planner(EXPORT_SECONDS + JUDGE_SECONDS * job.judged())
    training.begin(job, planner)
    if training.step < planner.steps:
        batches = _Batches(job, params, labels, area, samples, model, device)
        job.report.phase("train")
        looks = Looks(job, TASK, params.looks)
        train_steps(job, training, planner, batches.loss, looks, batches.look)
    if job.trial:
        return {"steps": training.step, "labels": list(labels)}
    averaged = training.average.model
    if not isinstance(averaged, CloudNet):
        raise TypeError("the averaged model is a copy of the model")
    return {**_finish(job, params, averaged, labels, area), "steps": training.step}


def _points(job: Job, item: Item) -> Any:
    job.check_stop()
    try:
        with job.tree.open(item.path) as stream:
            return points_of(stream.read())
    except (OSError, ItemUnreadable) as error:
        raise RecipeError("item_unreadable", f"{item.name}: {error}", item=item.name) from error


def _drawn(item: Item) -> list[CuboidLabel]:
    return [one for one in item.records() if isinstance(one, CuboidLabel)]


def _sample(job: Job, item: Item, labels: tuple[str, ...]) -> Sample:
    return sample_of(_points(job, item), _drawn(item), labels)


class _Batches:
    """The loss of each step on its own varied batch; all randomness is the step's own."""

    def __init__(
        self,
        job: Job,
        params: CuboidParams,
        labels: tuple[str, ...],
        area: Area,
        samples: list[Sample],
        model: nn.Module,
        device: torch.device,
    ) -> None:
        self._job, self._params, self._labels, self._area = job, params, labels, area
        self._samples, self._model, self._device = samples, model, device

    def loss(self, step: int) -> Tensor:
        """Focal loss of the heat, distances of the numbers."""
        params, seed = self._params, self._job.seed
        index = drawn(len(self._samples), params.batch, step, seed)
        rng = np.random.default_rng([seed, 2, step])
        made = [given_and_wanted(varied(self._samples[at], params, rng), self._area, len(self._labels)) for at in index]
        grids, heats = (torch.from_numpy(np.stack([one[at] for one in made])).to(self._device) for at in (0, 1))
        wanted = torch.from_numpy(np.concatenate([one[2] for one in made])).to(self._device)
        where = np.concatenate(
            [np.column_stack([np.full(len(one[3]), at, dtype=np.int64), one[3]]) for at, one in enumerate(made)]
        )
        heat, numbers = self._model(grids)
        return loss_of(heat, numbers, heats, wanted, torch.from_numpy(where).to(self._device))

    def look(self, model: nn.Module, looks: Looks, step: int, progress: float) -> None:
        """What the averaged model says about the held-out clouds."""
        model.eval()
        looks.look(step, progress, lambda items: [self._answered(model, item) for item in items])

    def _answered(self, model: nn.Module, item: Item) -> CuboidItem:
        points = _points(self._job, item)
        ground = ground_of(points, self._area)
        grid = torch.from_numpy(seen_from_above(points, self._area, ground)[None]).to(self._device)
        with torch.no_grad():
            heat, numbers = (one.cpu().numpy() for one in model(grid))
        shown = (1 / (1 + np.exp(-heat[0]))).astype(np.float32)
        found = cuboids_of(shown, numbers[0], self._area, ground, self._labels, self._params.overlap)
        return CuboidItem(tuple(_drawn(item)), tuple(found))


def _finish(job: Job, params: CuboidParams, model: CloudNet, labels: tuple[str, ...], area: Area) -> dict[str, Any]:
    """Writes the folder `model` and returns the run's result."""
    job.report.phase("export")
    job.check_stop()
    exported = Exported(model.cpu().eval()).eval()
    facts = Facts(
        left=area.left, near=area.near, columns=area.columns, rows=area.rows, cell=area.cell, overlap=params.overlap
    )
    example = torch.zeros((1, CHANNELS, area.rows, area.columns))
    axes = {"grids": {0: "n"}, "heat": {0: "n"}, "numbers": {0: "n"}}
    content = with_facts(to_onnx(exported, (example,), ("grids",), ("heat", "numbers"), axes), facts.model_dump())
    grids = []
    for item in job.gathered.side("train")[:COMPARED]:
        points = _points(job, item)
        grids.append(seen_from_above(points, area, ground_of(points, area)))
    check = Onnx(largest_difference(exported, content, [{"grids": np.stack(grids)}]), 0.0, len(grids))
    card = {"recipe": "cuboid-detection", "labels": labels}
    full = write_with_threshold(job, TASK, content, card)
    return {
        **kept_figures(job, TASK, full, _baseline(job, area)),
        "onnx": {**check.as_json(), "bytes": len(content)},
        "labels": list(labels),
        "area": facts.model_dump(),
    }


def _baseline(job: Job, area: Area) -> dict[str, Any]:
    """Clusters of points, the block that fits each best, the class with the most alike sizes."""
    kept = job.gathered.side("kept")
    if not kept:
        return {}
    usual = usual_sizes([one for item in job.gathered.side("train") for one in _drawn(item)])
    items = [CuboidItem(tuple(_drawn(item)), tuple(clustered(_points(job, item), area, usual))) for item in kept]
    name = "clusters of points and fitted blocks"
    return {"name": name, "metrics": figures(TASK, items, [item.group for item in kept])["metrics"]}
