"""From sounds to a trained classifier: spectra, batches, looks."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from tongguan.catalog.metrics.classes import ClassItem
from tongguan.train.recipes.base import ItemUnreadable, RecipeError
from tongguan.train.recipes.batches import drawn
from tongguan.train.recipes.calibration import class_of, classes_of
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.looks import Looks
from tongguan.train.recipes.plan import Planner
from tongguan.train.recipes.sound_classification.manifest import SoundParams
from tongguan.train.recipes.sound_classification.run.finish import (
    MOST_BENT,
    Remembered,
    finish,
    heard_all,
    scores_of,
)
from tongguan.train.recipes.sound_classification.run.model import Members, Together
from tongguan.train.recipes.sounds.bands import HOP_SECONDS, Hearing, as_heard, ends, powers, spectra
from tongguan.train.recipes.sounds.sound_file import read_sound
from tongguan.train.recipes.sounds.varied import Strength, Variation
from tongguan.train.recipes.torch_parts.loop import Rates, Training, train_steps
from tongguan.train.recipes.torch_parts.machine import prepare_machine

EXPORT_SECONDS = 9.0
JUDGE_SECONDS = 0.03
PAIR_SECONDS = 2e-5
"""Guesses of what comes after the last step; they only have to keep the run within its minutes."""
MOST_RATE = 16_000
MOST_SECONDS = 10.0
LEAST_FRAMES = 32
FITTING, HALF = 98, 50
"""Per cent of the training sounds that are no longer than what the model hears; half, where all are brought to that."""
MOST_STEPS, MOST_EPOCHS = 1_500, 120
"""A plan from minutes takes no more steps than either of them allows: then the networks know the training voices by
heart, and more would only make them surer."""
MOST_COPIES = 8
"""Variations of one sound that are remembered at most."""


def train(job: Job) -> dict[str, Any]:
    """Trains, fits the temperature, exports, measures; returns the result written into run.json."""
    params = job.params
    if not isinstance(params, SoundParams):
        raise TypeError("the classifier of sounds needs its own parameters")
    prepare_machine(job.threads, job.seed)
    job.report.phase("read")
    everything = job.gathered.side("train")
    labels = classes_of(everything)
    hearing = _hearing(job, params, everything)
    torch.manual_seed(job.seed)
    model = Members(params.members, params.width, len(labels), params.dropout)
    training = Training(model, params.average, Rates(params.learning_rate, 1.0, params.weight_decay))
    planner = _planner(job, params)
    training.begin(job, planner)
    batches = _Batches(job, params, labels, hearing, model)
    if training.step < planner.steps:
        job.report.phase("train")
        looks = Looks(job, "classification", params.looks)
        train_steps(job, training, planner, batches.loss, looks, batches.look)
    if job.trial:
        return {"steps": training.step, "labels": list(labels)}
    averaged = training.average.model
    if not isinstance(averaged, Members):
        raise TypeError("the averaged model is a copy of the model")
    return {**finish(job, params, averaged, labels, hearing, batches.remembered()), "steps": training.step}


def _hearing(job: Job, params: SoundParams, items: list[Item]) -> Hearing:
    """Rate and length: as asked, else as the training sounds need them."""
    rates, frames = [], []
    for item in items:
        job.check_stop()
        samples, rate = _read(job, item)
        rates.append(rate)
        frames.append(_frames(samples, rate, params))
    rate = params.rate or min(MOST_RATE, min(rates))
    usual = float(np.percentile(frames, HALF if params.paced else FITTING))
    length = round(params.seconds / HOP_SECONDS) or min(round(MOST_SECONDS / HOP_SECONDS), round(usual))
    many = max(LEAST_FRAMES, length)
    return Hearing(rate, many, params.bands, params.floor, params.quiet, params.paced, level=True)


def _frames(samples: NDArray[np.float32], rate: int, params: SoundParams) -> int:
    """Frames of a sound without its quiet ends."""
    if not params.quiet:
        return max(1, round(len(samples) / rate / HOP_SECONDS))
    start, end = ends(spectra(samples, Hearing(rate, LEAST_FRAMES, params.bands)), params.quiet)
    return end - start


def _content(job: Job, item: Item) -> bytes:
    try:
        with job.tree.open(item.path) as stream:
            return stream.read()
    except OSError as error:
        raise RecipeError("item_unreadable", f"{item.name}: {error}", item=item.name) from error


def _read(job: Job, item: Item) -> tuple[NDArray[np.float32], int]:
    try:
        return read_sound(_content(job, item))
    except ItemUnreadable as error:
        raise RecipeError("item_unreadable", f"{item.name}: {error}", item=item.name) from error


def _planner(job: Job, params: SoundParams) -> Planner:
    fitted = sum(item.side == "train" and not item.holdout for item in job.gathered.items)
    most = max(MOST_STEPS, MOST_EPOCHS * fitted // params.batch)
    bent = min(fitted, params.memory, MOST_BENT)
    return job.planner(EXPORT_SECONDS + PAIR_SECONDS * bent**2 + JUDGE_SECONDS * job.judged(), most=most)


class _Batches:
    """The training sounds as power spectra, and the loss of each step on its own varied batch."""

    def __init__(
        self, job: Job, params: SoundParams, labels: tuple[str, ...], hearing: Hearing, model: nn.Module
    ) -> None:
        items = [item for item in job.gathered.side("train") if not item.holdout]
        self._job, self._params, self._labels, self._hearing, self._model = job, params, labels, hearing, model
        self._truth = np.array([labels.index(class_of(item)) for item in items], dtype=np.int64)
        strength = Strength(
            params.warp,
            params.stretch,
            params.noise,
            params.mask_bands,
            params.mask_frames,
            params.uneven,
            params.colour,
        )
        self._variation = Variation(strength, hearing)
        self._powers: list[NDArray[np.float32]] = []
        for at, item in enumerate(items):
            job.check_stop()
            try:
                self._powers.append(powers(_content(job, item), hearing))
            except ItemUnreadable as error:
                raise RecipeError("item_unreadable", f"{item.name}: {error}", item=item.name) from error
            job.report.progress(phase="read", done=at + 1, of=len(items))
        self._held: NDArray[np.float32] | None = None

    def loss(self, step: int) -> Tensor:
        """Cross-entropy with smoothed labels; all randomness is the step's own."""
        params, seed = self._params, self._job.seed
        index = drawn(len(self._truth), params.batch, step, seed)
        rng = np.random.default_rng([seed, 2, step])
        sounds = np.stack([self._variation.one(self._powers[at], rng) for at in index])
        torch.manual_seed(seed * 1_000_003 + step)
        logits = self._model(torch.from_numpy(sounds[:, None]))
        truth = torch.from_numpy(self._truth[index])
        losses = [functional.cross_entropy(one, truth, label_smoothing=params.smoothing) for one in logits]
        return torch.stack(losses).mean()

    def remembered(self) -> Remembered:
        """Every sound as it is and varied ones, as many as `memory` allows; None where nothing is remembered."""
        most, count = self._params.memory, len(self._truth)
        if not most:
            return None
        rng = np.random.default_rng([self._job.seed, 3])
        whole = min(MOST_COPIES, max(1, most // count)) * count
        chosen = np.arange(whole) % count if count <= most else rng.permutation(count)[:most]
        sounds = []
        for number, at in enumerate(chosen):
            self._job.check_stop()
            varied = number >= count
            sounds.append(self._variation.unmasked(self._powers[at], rng) if varied else self._plain(at))
        return np.stack(sounds), self._truth[chosen], min(count, len(chosen))

    def _plain(self, at: int) -> NDArray[np.float32]:
        return as_heard(self._powers[at], self._hearing)

    def look(self, model: nn.Module, looks: Looks, step: int, progress: float) -> None:
        """What the averaged model says about the held-out sounds."""
        if self._held is None:
            self._held = heard_all(self._job, list(looks.items), self._hearing)
        scores = scores_of(Together(model, [], (1.0,)), self._held)
        best = scores.argmax(axis=1)
        looks.look(
            step,
            progress,
            lambda items: [
                ClassItem(class_of(item), self._labels[best[at]], float(scores[at, best[at]]))
                for at, item in enumerate(items)
            ],
        )
