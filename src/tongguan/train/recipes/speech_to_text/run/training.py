"""From sounds with transcripts to a trained listener: spectra, batches, looks."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from tongguan.catalog.metrics.texts import TextItem
from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.batches import drawn
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judges.transcripts import said_in
from tongguan.train.recipes.looks import Looks
from tongguan.train.recipes.sounds.bands import HOP_SECONDS, Hearing, filters, in_bands
from tongguan.train.recipes.sounds.varied import Strength, Variation
from tongguan.train.recipes.speech_parts.decoding import best_path
from tongguan.train.recipes.speech_to_text.manifest import SpeechParams
from tongguan.train.recipes.speech_to_text.predict import SHRINK
from tongguan.train.recipes.speech_to_text.run.finish import FLOOR, finish, frames_of, read_powers
from tongguan.train.recipes.speech_to_text.run.model import SpeechNet, output_frames
from tongguan.train.recipes.torch_parts.loop import Rates, Training, train_steps
from tongguan.train.recipes.torch_parts.machine import prepare_machine

EXPORT_SECONDS = 4.0
JUDGE_SECONDS = 0.08
"""Guesses of what comes after the last step; they only have to keep the run within its minutes."""
MOST_RATE = 16_000
LONGEST = 30.0
"""Seconds; a longer sound is cut into utterances before it is learned from."""


def train(job: Job) -> dict[str, Any]:
    """Trains, exports, measures; returns the result written into run.json."""
    params = job.params
    if not isinstance(params, SpeechParams):
        raise TypeError("speech to text needs its own parameters")
    prepare_machine(job.threads, job.seed)
    job.report.phase("read")
    everything = job.gathered.side("train")
    characters = _characters(everything)
    hearing = Hearing(params.rate or _rate(job, everything), 4, params.bands, FLOOR)
    torch.manual_seed(job.seed)
    model = SpeechNet(params.bands, params.width, params.depth, len(characters) + 1, params.dropout)
    training = Training(model, params.average, Rates(params.learning_rate, 1.0, params.weight_decay))
    planner = job.planner(EXPORT_SECONDS + JUDGE_SECONDS * job.judged())
    training.begin(job, planner)
    if training.step < planner.steps:
        batches = _Batches(job, params, characters, hearing, model)
        job.report.phase("train")
        looks = Looks(job, "transcription", params.looks)
        train_steps(job, training, planner, batches.loss, looks, batches.look)
    if job.trial:
        return {"steps": training.step, "characters": len(characters)}
    averaged = training.average.model
    if not isinstance(averaged, SpeechNet):
        raise TypeError("the averaged model is a copy of the model")
    return {**finish(job, params, averaged, characters, hearing), "steps": training.step}


def _characters(items: list[Item]) -> tuple[str, ...]:
    """All characters of the training texts; a blank is one where texts hold it. Raises RecipeError without any."""
    found = sorted({char for item in items for char in said_in(item.records())})
    if not found:
        raise RecipeError("no_classes", "no training sound has a transcript")
    return tuple(found)


def _rate(job: Job, items: list[Item]) -> int:
    rates = [rate for _, rate in (read_powers(job, item, None) for item in items)]
    return min(MOST_RATE, min(rates))


class _Batches:
    """The training sounds as power spectra, and the loss of each step on its own varied batch."""

    def __init__(
        self, job: Job, params: SpeechParams, characters: tuple[str, ...], hearing: Hearing, model: nn.Module
    ) -> None:
        items = [item for item in job.gathered.side("train") if not item.holdout]
        self._job, self._params, self._characters, self._model = job, params, characters, model
        self._hearing = hearing
        strength = Strength(params.warp, params.stretch, params.noise, params.mask_bands, params.mask_frames)
        self._variation = Variation(strength, hearing)
        number = {char: at for at, char in enumerate(characters, start=1)}
        self._powers: list[NDArray[np.float32]] = []
        self._texts: list[list[int]] = []
        for at, item in enumerate(items):
            power = read_powers(job, item, hearing)[0]
            text = [number[char] for char in said_in(item.records())]
            if len(power) * HOP_SECONDS <= LONGEST and needed(text) <= len(power) // SHRINK:
                self._powers.append(power)
                self._texts.append(text)
            job.report.progress(phase="read", done=at + 1, of=len(items))
        short = len(items) - len(self._texts)
        if short:
            job.report.warn(
                "sounds_unfit",
                f"{short} of {len(items)} training sounds are not learned from: longer than {LONGEST:g} s, or shorter "
                "than their text can be said in",
            )
        if not self._texts:
            raise RecipeError("nothing_to_train", "no training sound is long enough for its text")
        self._held: list[NDArray[np.float32]] | None = None

    def loss(self, step: int) -> Tensor:
        """Loss of CTC by character; all randomness is the step's own."""
        seed = self._job.seed
        index = drawn(len(self._texts), self._params.batch, step, seed)
        rng = np.random.default_rng([seed, 2, step])
        sounds = [self._one(int(at), rng) for at in index]
        frames = torch.tensor([one.shape[1] for one in sounds])
        padded = np.zeros((len(sounds), 1, self._params.bands, int(frames.max())), dtype=np.float32)
        for at, one in enumerate(sounds):
            padded[at, 0, :, : one.shape[1]] = one
        torch.manual_seed(seed * 1_000_003 + step)
        logits = self._model(torch.from_numpy(padded), frames)
        texts = [self._texts[at] for at in index]
        lengths = torch.tensor([len(text) for text in texts])
        joined = torch.tensor([one for text in texts for one in text])
        scores = logits.log_softmax(dim=2).transpose(0, 1)
        total = functional.ctc_loss(
            scores, joined, output_frames(frames), lengths, reduction="none", zero_infinity=True
        )
        return total.sum() / lengths.sum()

    def _one(self, at: int, rng: np.random.Generator) -> NDArray[np.float32]:
        """Varied, but never so quick that its text has no room."""
        bands = self._variation.free(self._powers[at], rng)
        if bands.shape[1] // SHRINK < needed(self._texts[at]):
            bands = in_bands(self._powers[at], filters(self._hearing), self._hearing)
        return self._variation.masked(bands, rng)

    def look(self, model: nn.Module, looks: Looks, step: int, progress: float) -> None:
        """What the averaged model understands of the held-out sounds, by its best path."""
        if self._held is None:
            powers = (read_powers(self._job, item, self._hearing)[0] for item in looks.items)
            self._held = [in_bands(one, filters(self._hearing), self._hearing) for one in powers]
        found = [
            "".join(self._characters[one - 1] for one in best_path(frames_of(model, bands))) for bands in self._held
        ]
        looks.look(
            step,
            progress,
            lambda items: [TextItem(said_in(item.records()), text) for item, text in zip(items, found, strict=True)],
        )


def needed(text: list[int]) -> int:
    """Frames that a text needs at least: one for each character, and a blank between equal ones."""
    return len(text) + sum(one == two for one, two in pairwise(text))
