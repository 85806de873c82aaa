"""From pairs to a trained reward model: n-grams, batches, looks; what comes after the last step is in `finish`."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from tongguan.catalog.metrics.classes import ClassItem
from tongguan.train.recipes.batches import drawn
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judges.preferences import OTHER
from tongguan.train.recipes.language_parts.grams import blanked, learn_grams
from tongguan.train.recipes.looks import Looks
from tongguan.train.recipes.plan import Planner
from tongguan.train.recipes.preference.features import stacked
from tongguan.train.recipes.preference.manifest import PreferenceParams
from tongguan.train.recipes.preference.run.encoded import encode_answers
from tongguan.train.recipes.preference.run.finish import EXPORT_SECONDS, JUDGE_SECONDS, TASK, finish
from tongguan.train.recipes.preference.run.material import Material, label_of, read_pairs
from tongguan.train.recipes.preference.run.model import RewardNet, bradley_terry
from tongguan.train.recipes.torch_parts.loop import Rates, Training, train_steps
from tongguan.train.recipes.torch_parts.machine import prepare_machine

LEAST_STEPS = 300
FACTS_SHARE = 0.3
"""Share of the learning rate that facts and encoder get (parameters named `…facts.`): their inputs are not sparse."""
LOOKS_AT_KEPT = 2
"""How often the end of a run asks the written model about a pair: for figures, and for figures by length."""


def train(job: Job) -> dict[str, Any]:
    """Trains, fits the temperature, exports, measures; returns the result written into run.json."""
    params = job.params
    if not isinstance(params, PreferenceParams):
        raise TypeError("the reward model needs its own parameters")
    prepare_machine(job.threads, job.seed)
    job.report.phase("read")
    items = job.gathered.side("train")
    pairs = read_pairs(job, items)
    label = label_of(list(pairs.values()))
    fitted = [item for item in items if not item.holdout]
    texts = [text for item in fitted for text in (pairs[item.name].better, pairs[item.name].worse)]
    answers = [(pair.prompt, text) for pair in pairs.values() for text in (pair.better, pair.worse)]
    encoded = encode_answers(job, params, answers)
    material = Material(pairs, learn_grams(texts, params.longest, params.least, params.most), encoded)
    model = RewardNet(len(material.grams.number), params.hidden, *material.spread(fitted))
    rates = Rates(params.learning_rate, FACTS_SHARE, params.weight_decay, "facts.")
    training = Training(model, params.average, rates)
    planner = _planner(job, params, len(fitted), encoded.seconds if encoded else 0.0)
    training.begin(job, planner)
    if training.step < planner.steps:
        job.report.phase("train")
        batches = _Batches(job, params, material, fitted, model)
        train_steps(job, training, planner, batches.loss, Looks(job, TASK, params.looks), batches.look)
    if job.trial:
        return {"steps": training.step, "labels": [label]}
    averaged = training.average.model
    if not isinstance(averaged, RewardNet):
        raise TypeError("the averaged model is a copy of the model")
    return {**finish(job, averaged.eval(), material, label), "steps": training.step}


def _planner(job: Job, params: PreferenceParams, fitted: int, encoding: float) -> Planner:
    """encoding: seconds that an encoder needs for one answer."""
    judging = (JUDGE_SECONDS + LOOKS_AT_KEPT * 2 * encoding) * job.judged()
    # A small set is fitted again and again in seconds, but not for ever; few batches still make a few hundred steps.
    most = max(LEAST_STEPS, -(-fitted * params.epochs // params.batch))
    return job.planner(EXPORT_SECONDS + judging, guess=0.02, most=most)


class _Batches:
    """The loss of each step on its own batch."""

    def __init__(
        self, job: Job, params: PreferenceParams, material: Material, items: list[Item], model: RewardNet
    ) -> None:
        self._job, self._params, self._material, self._model = job, params, material, model
        self._seen = [material.seen[item.name] for item in items]
        self._strength = np.array([material.pairs[item.name].strength for item in items], dtype=np.float32)

    def loss(self, step: int) -> Tensor:
        """Of Bradley and Terry, with some n-grams left out; all randomness is the step's own."""
        index = drawn(len(self._seen), self._params.batch, step, self._job.seed)
        some = [self._seen[at] for at in index]
        numbers, weights, *facts = stacked([pair[0] for pair in some] + [pair[1] for pair in some])
        weights = blanked(weights, self._params.blanking, self._job.seed, step)
        rewards = self._model(*(torch.from_numpy(one) for one in (numbers, weights, *facts)))
        strength = torch.from_numpy(self._strength[index])
        return bradley_terry(rewards[: len(some)], rewards[len(some) :], strength)

    def look(self, model: Any, looks: Looks, step: int, progress: float) -> None:
        """What the averaged model says about the held-out pairs."""

        def seen(items: Any) -> list[ClassItem]:
            margins = self._material.margins(model, items)
            names = [self._material.pairs[item.name].label.label for item in items]
            sure = 1 / (1 + np.exp(-np.abs(margins)))
            return [
                ClassItem(name, name if margin > 0 else OTHER, float(score))
                for name, margin, score in zip(names, margins, sure, strict=True)
            ]

        looks.look(step, progress, seen)
