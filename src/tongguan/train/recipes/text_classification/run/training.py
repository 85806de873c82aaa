"""From texts to a trained classifier: n-grams, batches, looks, export, figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from tongguan.catalog.metrics.classes import ClassItem
from tongguan.train.recipes.base import Onnx
from tongguan.train.recipes.batches import drawn
from tongguan.train.recipes.calibration import class_of, classes_of, softmax, temperature_of
from tongguan.train.recipes.finishing import kept_figures, write_with_threshold
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import baseline
from tongguan.train.recipes.language_parts.grams import Grams, Weighed, blanked, learn_grams, together
from tongguan.train.recipes.looks import Looks
from tongguan.train.recipes.plan import Planner
from tongguan.train.recipes.text_classification.manifest import TextParams
from tongguan.train.recipes.text_classification.predict import INPUTS
from tongguan.train.recipes.text_classification.run.model import Exported, GramNet
from tongguan.train.recipes.torch_parts.loop import Rates, Training, train_steps
from tongguan.train.recipes.torch_parts.machine import prepare_machine
from tongguan.train.recipes.torch_parts.onnx_file import largest_difference, to_onnx, with_facts

TASK = "classification"
EXPORT_SECONDS = 2.0
JUDGE_SECONDS = 0.002
"""Guesses of what comes after the last step; they only have to keep the run within its minutes."""
COMPARED = 8
LEAST_STEPS = 300
BATCH = 64


def train(job: Job) -> dict[str, Any]:
    """Trains, fits the temperature, exports, measures; returns the result written into run.json."""
    params = job.params
    if not isinstance(params, TextParams):
        raise TypeError("the classifier of texts needs its own parameters")
    prepare_machine(job.threads, job.seed)
    job.report.phase("read")
    items = job.gathered.side("train")
    labels = classes_of(items)
    texts = {item.name: _text(job, item) for item in items}
    fitted = [item for item in items if not item.holdout]
    grams = learn_grams((texts[item.name] for item in fitted), params.longest, params.least, params.most)
    material = _Material(labels, grams, {item.name: grams.weigh(texts[item.name]) for item in items})
    model = GramNet(len(grams.number), len(labels))
    training = Training(model, params.average, Rates(params.learning_rate, 1.0, params.weight_decay))
    planner = _planner(job, params, len(fitted))
    training.begin(job, planner)
    if training.step < planner.steps:
        job.report.phase("train")
        batches = _Batches(job, params, material, fitted, model)
        looks = Looks(job, TASK, params.looks)
        train_steps(job, training, planner, batches.loss, looks, batches.look)
    if job.trial:
        return {"steps": training.step, "labels": list(labels)}
    averaged = training.average.model
    if not isinstance(averaged, GramNet):
        raise TypeError("the averaged model is a copy of the model")
    return {**_finish(job, averaged.eval(), material), "steps": training.step}


def _text(job: Job, item: Item) -> str:
    with job.tree.open(item.path) as stream:
        return stream.read().decode("utf-8")


def _planner(job: Job, params: TextParams, fitted: int) -> Planner:
    # A small set is fitted again and again in seconds, but not for ever; few batches still make a few hundred steps.
    most = max(LEAST_STEPS, -(-fitted * params.epochs // params.batch))
    return job.planner(EXPORT_SECONDS + JUDGE_SECONDS * job.judged(), guess=0.02, most=most)


class _Material:
    """labels, n-grams, and the weighed texts by the item's name."""

    def __init__(self, labels: tuple[str, ...], grams: Grams, weighed: dict[str, Weighed]) -> None:
        self.labels, self.grams, self.weighed = labels, grams, weighed

    def logits(self, model: GramNet, items: Sequence[Item]) -> NDArray[np.float64]:
        """(n, classes), in small batches."""
        rows = []
        for start in range(0, len(items), BATCH):
            numbers, weights = together([self.weighed[item.name] for item in items[start : start + BATCH]])
            with torch.no_grad():
                rows.append(model(torch.from_numpy(numbers), torch.from_numpy(weights)).numpy())
        return np.concatenate(rows).astype(np.float64)

    def truth(self, items: Sequence[Item]) -> NDArray[np.int64]:
        """(n,) numbers of classes."""
        number = {label: at for at, label in enumerate(self.labels)}
        return np.array([number[class_of(item)] for item in items], dtype=np.int64)


class _Batches:
    """The loss of each step on its own batch."""

    def __init__(self, job: Job, params: TextParams, material: _Material, items: list[Item], model: GramNet) -> None:
        self._job, self._params, self._material, self._model = job, params, material, model
        self._truth = material.truth(items)
        self._weighed = [material.weighed[item.name] for item in items]

    def loss(self, step: int) -> Tensor:
        """Cross-entropy with some n-grams left out; all randomness is the step's own."""
        index = drawn(len(self._truth), self._params.batch, step, self._job.seed)
        numbers, weights = together([self._weighed[at] for at in index])
        weights = blanked(weights, self._params.blanking, self._job.seed, step)
        logits = self._model(torch.from_numpy(numbers), torch.from_numpy(weights))
        return functional.cross_entropy(logits, torch.from_numpy(self._truth[index]))

    def look(self, model: Any, looks: Looks, step: int, progress: float) -> None:
        """What the averaged model says about the held-out texts."""
        scores = softmax(self._material.logits(model, list(looks.items)))
        best = scores.argmax(axis=1)
        looks.look(
            step,
            progress,
            lambda items: [
                ClassItem(class_of(item), self._material.labels[best[at]], float(scores[at, best[at]]))
                for at, item in enumerate(items)
            ],
        )


def _finish(job: Job, model: GramNet, material: _Material) -> dict[str, Any]:
    """Writes the folder `model` and returns the run's result."""
    job.report.phase("export")
    job.check_stop()
    train = job.gathered.side("train")
    held = [item for item in train if item.holdout]
    temperature = temperature_of(material.logits(model, held), material.truth(held)) if held else 1.0
    exported = Exported(model, temperature).eval()
    example = (torch.zeros((1, 2), dtype=torch.int64), torch.zeros((1, 2)))
    axes = {"numbers": {0: "n", 1: "k"}, "weights": {0: "n", 1: "k"}, "scores": {0: "n"}}
    content = with_facts(to_onnx(exported, example, INPUTS, ("scores",), axes), material.grams.as_json())
    given: list[dict[str, NDArray[Any]]] = []
    for item in train[:COMPARED]:
        numbers, weights = together([material.weighed[item.name]])
        given.append({"numbers": numbers, "weights": weights})
    check = Onnx(largest_difference(exported, content, given), 0.0, len(given))
    card = {"recipe": "text-classification", "labels": material.labels}
    full = write_with_threshold(job, TASK, content, card)
    return {
        **kept_figures(job, TASK, full, baseline(TASK, train, job.gathered.side("kept"))),
        "temperature": round(temperature, 4),
        "onnx": {**check.as_json(), "bytes": len(content)},
        "labels": list(material.labels),
    }
