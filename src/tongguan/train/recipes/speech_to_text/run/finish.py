"""After the last step: export, the operating threshold, figures on the kept side."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from tongguan.train.recipes.base import ItemUnreadable, Onnx, RecipeError
from tongguan.train.recipes.finishing import kept_figures, write_with_threshold
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judges.transcripts import said_in
from tongguan.train.recipes.judging import baseline
from tongguan.train.recipes.sounds.bands import Hearing, filters, in_bands, resampled, spectra
from tongguan.train.recipes.sounds.sound_file import read_sound
from tongguan.train.recipes.speech_parts.decoding import counted
from tongguan.train.recipes.speech_to_text.manifest import SpeechParams
from tongguan.train.recipes.speech_to_text.predict import CHARACTER, SPEECH, Facts
from tongguan.train.recipes.speech_to_text.run.model import SpeechNet
from tongguan.train.recipes.torch_parts.onnx_file import largest_difference, to_onnx, with_facts

TASK = "transcription"
COMPARED = 8
FLOOR = 3e-3
BONUS = 3.0
"""Logarithm that a character is given for each unit of weight of the language: about what a usual pair costs."""
MOST_PAIRS, MOST_SENTENCES = 200_000, 50_000


def read_powers(job: Job, item: Item, hearing: Hearing | None) -> tuple[NDArray[np.float32], int]:
    """Power spectra (frames, f) and the file's own rate; without `hearing` the rate alone. Raises RecipeError that
    names a sound that cannot be read any more."""
    job.check_stop()
    try:
        with job.tree.open(item.path) as stream:
            samples, rate = read_sound(stream.read())
    except (OSError, ItemUnreadable) as error:
        raise RecipeError("item_unreadable", f"{item.name}: {error}", item=item.name) from error
    if hearing is None:
        return np.zeros((0, 0), dtype=np.float32), rate
    return spectra(resampled(samples, rate, hearing.rate), hearing), rate


def frames_of(model: nn.Module, bands: NDArray[np.float32]) -> NDArray[np.float64]:
    """(bands, frames) -> logits (frames / 4, classes)."""
    with torch.no_grad():
        out: NDArray[np.float64] = model(torch.from_numpy(bands[None, None]))[0].cpu().numpy().astype(np.float64)
    return out


def finish(
    job: Job, params: SpeechParams, model: SpeechNet, characters: tuple[str, ...], hearing: Hearing
) -> dict[str, Any]:
    """Writes the folder `model` and returns the run's result."""
    job.report.phase("export")
    job.check_stop()
    model = model.cpu().eval()
    train = job.gathered.side("train")
    facts = _facts(params, characters, hearing, train)
    example = torch.zeros((1, 1, hearing.bands, 64))
    axes = {"sounds": {0: "n", 3: "frames"}, "scores": {0: "n", 1: "steps"}}
    content = with_facts(
        to_onnx(model, (example,), ("sounds",), ("scores",), axes), facts.model_dump(exclude_none=True)
    )
    powers = (read_powers(job, item, hearing)[0] for item in train[:COMPARED])
    sounds = [{"sounds": in_bands(one, filters(hearing), hearing)[None, None]} for one in powers]
    check = Onnx(largest_difference(model, content, sounds), 0.0, len(sounds))
    card = {
        "recipe": "speech-to-text",
        "labels": (SPEECH, CHARACTER),
    }
    full = write_with_threshold(job, TASK, content, card)
    return {
        **kept_figures(job, TASK, full, baseline(TASK, train, job.gathered.side("kept"))),
        "onnx": {**check.as_json(), "bytes": len(content)},
        "characters": len(characters),
    }


def _facts(params: SpeechParams, characters: tuple[str, ...], hearing: Hearing, train: list[Item]) -> Facts:
    """Language from the texts of the fitted items alone: the held-out ones fix the threshold."""
    texts = [said_in(item.records()) for item in train if not item.holdout]
    number = {char: at for at, char in enumerate(characters, start=1)}
    pairs = counted(tuple(number[char] for char in text) for text in texts)
    known = None
    if params.sentences == "known":
        known = tuple(sorted(set(texts)))
        if len(known) > MOST_SENTENCES:
            raise RecipeError("too_many_sentences", f"sentences=known takes at most {MOST_SENTENCES} of them")
    return Facts(
        rate=hearing.rate,
        bands=hearing.bands,
        floor=hearing.floor,
        characters=characters,
        beam=params.beam,
        language=params.language,
        bonus=BONUS * params.language,
        pairs=tuple((one, two, count) for (one, two), count in pairs.most_common(MOST_PAIRS)),
        sentences=known,
    )
