"""After the last step: temperature from the hold-out, export, the operating threshold, figures on the kept side."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from tongguan.train.recipes.base import ItemUnreadable, Onnx, RecipeError
from tongguan.train.recipes.calibration import class_of, log_loss, softmax, temperature_of
from tongguan.train.recipes.finishing import MOST_FOR_THRESHOLD, kept_figures, write_with_threshold
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judging import baseline
from tongguan.train.recipes.sound_classification.manifest import SoundParams
from tongguan.train.recipes.sound_classification.predict import Facts
from tongguan.train.recipes.sound_classification.run.memory import Memory
from tongguan.train.recipes.sound_classification.run.model import CHOICES, Exported, Members, Together
from tongguan.train.recipes.sound_classification.run.warped import Warped
from tongguan.train.recipes.sounds.bands import Hearing, heard
from tongguan.train.recipes.torch_parts.onnx_file import largest_difference, to_onnx, with_facts

TASK = "classification"
COMPARED = 8
MOST_WARP = 1.1
BATCH = 32
MOST_BENT = 1_200
"""Sounds that the bent likeness compares with at most: it takes the square of them to fit."""

Remembered = tuple[NDArray[np.float32], NDArray[np.int64], int] | None
"""Sounds, their classes, and how many of them, from the first, are as they are and not varied."""


def logits_of(model: nn.Module, sounds: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n, bands, frames) -> (n, classes), in small batches."""
    rows = []
    for start in range(0, len(sounds), BATCH):
        with torch.no_grad():
            rows.append(model(torch.from_numpy(sounds[start : start + BATCH, None])).cpu().numpy())
    return np.concatenate(rows).astype(np.float64)


def scores_of(model: nn.Module, sounds: NDArray[np.float32]) -> NDArray[np.float64]:
    """As `logits_of`, as probabilities."""
    return softmax(logits_of(model, sounds))


def heard_all(job: Job, items: list[Item], hearing: Hearing) -> NDArray[np.float32]:
    """(n, bands, frames). Raises RecipeError that names a sound that cannot be read any more."""
    rows = []
    for item in items:
        job.check_stop()
        try:
            with job.tree.open(item.path) as stream:
                rows.append(heard(stream.read(), hearing))
        except (OSError, ItemUnreadable) as error:
            raise RecipeError("item_unreadable", f"{item.name}: {error}", item=item.name) from error
    return np.stack(rows)


def _warps(voices: int) -> tuple[float, ...]:
    """Even on the scale of powers; the sound as it is among them."""
    if voices == 1:
        return (1.0,)
    return tuple(round(float(warp), 4) for warp in np.geomspace(1 / MOST_WARP, MOST_WARP, voices))


def finish(
    job: Job, params: SoundParams, network: Members, labels: tuple[str, ...], hearing: Hearing, remembered: Remembered
) -> dict[str, Any]:
    """Writes the folder `model` and returns the run's result. remembered: varied sounds and their classes, or None."""
    job.report.phase("export")
    job.check_stop()
    train = job.gathered.side("train")
    opinions = [] if remembered is None else _opinions(remembered, labels)
    held = [item for item in train if item.holdout][:MOST_FOR_THRESHOLD]
    model, temperature = _together(job, network.cpu().eval(), opinions, labels, held, hearing)
    exported = Exported(model, temperature).eval()
    facts = Facts(**asdict(hearing), warps=_warps(params.voices))
    example = torch.zeros((1, 1, hearing.bands, hearing.frames))
    axes = {"sounds": {0: "n"}, "scores": {0: "n"}}
    content = with_facts(to_onnx(exported, (example,), ("sounds",), ("scores",), axes), facts.model_dump())
    sounds = heard_all(job, train[:COMPARED], hearing)
    check = Onnx(largest_difference(exported, content, [{"sounds": sounds[:, None]}]), 0.0, len(sounds))
    card = {"recipe": "sound-classification", "labels": labels}
    full = write_with_threshold(job, TASK, content, card)
    return {
        **kept_figures(job, TASK, full, baseline(TASK, train, job.gathered.side("kept"))),
        "temperature": round(temperature, 4),
        "onnx": {**check.as_json(), "bytes": len(content)},
        "labels": list(labels),
    }


def _opinions(
    remembered: tuple[NDArray[np.float32], NDArray[np.int64], int], labels: tuple[str, ...]
) -> list[nn.Module]:
    """The memory of all, and the bent likeness to those that are not varied."""
    sounds, truth, plain = remembered
    few = np.linspace(0, plain - 1, min(plain, MOST_BENT)).astype(np.int64)
    return [Memory(sounds, truth, len(labels)).eval(), Warped(sounds[few], truth[few], len(labels)).eval()]


def _together(
    job: Job,
    network: Members,
    opinions: list[nn.Module],
    labels: tuple[str, ...],
    held: list[Item],
    hearing: Hearing,
) -> tuple[nn.Module, float]:
    """The opinions with the weights and the temperature under which held-out sounds are likeliest; ALONE and 1 where
    none are held out."""
    choices = CHOICES if opinions else ((1.0,),)
    if not held:
        return Together(network, opinions, choices[0]).eval(), 1.0
    truth = np.array([labels.index(class_of(item)) for item in held], dtype=np.int64)
    sounds = heard_all(job, held, hearing)
    said = [logits_of(Together(network, [], (1.0,)), sounds), *(logits_of(one, sounds) for one in opinions)]

    def fitted(weights: tuple[float, ...]) -> tuple[float, float]:
        """Loss and temperature."""
        logits = np.sum([weight * one for weight, one in zip(weights, said, strict=True)], axis=0)
        temperature = temperature_of(logits, truth)
        return log_loss(logits / temperature, truth), temperature

    best = min(choices, key=lambda weights: fitted(weights)[0])
    return Together(network, opinions, best).eval(), fitted(best)[1]
