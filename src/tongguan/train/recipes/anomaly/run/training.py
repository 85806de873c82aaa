"""From good pictures to a memory of their patches: first pass, steps, looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tongguan.train.recipes.anomaly.manifest import AnomalyParams
from tongguan.train.recipes.anomaly.run.finish import finish
from tongguan.train.recipes.anomaly.scoring import picture_distance, seen_part, share
from tongguan.train.recipes.base import RecipeError
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.judges.oddities import defect_of, odd_item
from tongguan.train.recipes.letterbox import Letterboxed
from tongguan.train.recipes.looks import Looks
from tongguan.train.recipes.torch_parts.loop import Rates, Training, train_steps
from tongguan.train.recipes.torch_parts.machine import prepare_machine
from tongguan.train.recipes.torch_parts.patches import WIDTH, PatchMemory, begun, fill, remember, whole
from tongguan.train.recipes.torch_parts.pictures import AT_ONCE, Bytes, Pictures, normalised, planner_of, read

TASK = "picture-anomaly"
MOST_FIRST, MOST_PATCHES = 400, 30_000
"""Pictures, and patches of them, that the first pass looks at; the pictures are kept too."""
FIRST_SECONDS, JUDGE_SECONDS = 20.0, 0.04


def train(job: Job) -> dict[str, Any]:
    """Fills the memory, moves it, exports, fixes the threshold, measures; returns the result for run.json."""
    params = job.params
    if not isinstance(params, AnomalyParams):
        raise TypeError("the memory of patches needs its own parameters")
    device = prepare_machine(job.threads, job.seed)
    good = [item for item in job.gathered.side("train") if not defect_of(item.records(), params.good_names())]
    fitted = [item for item in good if not item.holdout]
    if not fitted:
        names = ", ".join(params.good_names())
        raise RecipeError(
            "no_good_pictures",
            f"no training picture is good: it has no label at all, or a label class among {names} (--set good=NAME)",
        )
    cells = (params.size // 8) ** 2
    model = begun(job, min(params.memory, len(fitted) * cells), min(MOST_FIRST, len(fitted)), params.pretrained)
    planner = planner_of(job, JUDGE_SECONDS, FIRST_SECONDS)
    pictures: Pictures | None = None
    if not job.folder.checkpoint.exists():
        job.report.phase("read")
        pictures = Pictures(job, fitted, params, device)
        _first_pass(job, model, pictures)
    model.to(device=device, memory_format=torch.channels_last)
    training = Training(model, params.average, Rates(params.learning_rate, 1.0, 0.0))
    training.begin(job, planner)
    if training.step < planner.steps:
        job.report.phase("read")
        pictures = pictures or Pictures(job, fitted, params, device)
        job.report.phase("train")
        train_steps(job, training, planner, _Losses(model, pictures).loss, *_looking(job, params, device))
    if job.trial:
        return {"steps": training.step, "labels": []}
    averaged = training.average.model
    if not isinstance(averaged, PatchMemory):
        raise TypeError("the averaged model is a copy of the model")
    return finish(job, params, averaged, training.step, (len(good), len(job.gathered.side("train")) - len(good)))


def _first_pass(job: Job, model: PatchMemory, pictures: Pictures) -> None:
    """Patches of good pictures as they are, the same number of each, and the memory filled with them; then the pictures
    as wholes."""
    rng = np.random.default_rng([job.seed, 4])
    chosen = np.sort(rng.permutation(len(pictures))[:MOST_FIRST])
    each = max(1, MOST_PATCHES // len(chosen))
    found: list[NDArray[np.float32]] = []
    for start in range(0, len(chosen), AT_ONCE):
        job.check_stop()
        for rows in _patches(model, pictures.pixels[chosen[start : start + AT_ONCE]]):
            found.append(rows[rng.permutation(len(rows))[:each]])
        job.report.progress(phase="read", done=start, of=len(chosen))
    fill(model, np.concatenate(found), job.seed)
    kept: list[NDArray[np.float32]] = []
    for start in range(0, len(chosen), AT_ONCE):
        job.check_stop()
        with torch.no_grad():
            kept.append(whole(model.white(_given(pictures.pixels[chosen[start : start + AT_ONCE]]))).numpy())
        job.report.progress(phase="read", done=start, of=len(chosen))
    remember(model, np.concatenate(kept))


def _patches(model: PatchMemory, pixels: Bytes) -> list[NDArray[np.float32]]:
    with torch.no_grad():
        features = model.features(_given(pixels))
    rows: list[NDArray[np.float32]] = list(features.flatten(2).transpose(1, 2).reshape(len(pixels), -1, WIDTH).numpy())
    return rows


def _given(pixels: Bytes) -> Tensor:
    return normalised(torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2))


class _Losses:
    """How far the patches of a step's pictures are from the memory."""

    def __init__(self, model: PatchMemory, pictures: Pictures) -> None:
        self._model, self._pictures = model, pictures

    def loss(self, step: int) -> Tensor:
        """Mean squared distance: moving the memory by it is k-means, a step at a time."""
        _, pictures, _ = self._pictures.batch(step)
        return self._model.squared(self._model.white(pictures)).mean()


def _looking(job: Job, params: AnomalyParams, device: torch.device) -> tuple[Looks, Any]:
    """Looks at the held-out items, where good and defective ones are among them: the memory learns from neither."""
    names = params.good_names()
    held = [item for item in job.gathered.side("train") if item.holdout]
    both = len({bool(defect_of(item.records(), names)) for item in held}) == 2
    looks = Looks(job, TASK, params.looks if both else 0)
    decoded: list[Letterboxed] = []

    def seen(model: nn.Module, items: Sequence[Item]) -> list[Any]:
        if not decoded:
            decoded.extend(read(job, item, params.size) for item in items)
        rows = []
        for item, picture in zip(items, decoded, strict=True):
            given = torch.from_numpy(picture.pixels).to(device).permute(2, 0, 1)[None]
            with torch.no_grad():
                distances, apart = (one[0].cpu().numpy() for one in model(normalised(given)))
            risk = share(picture_distance(seen_part(distances, picture)) * float(apart), 1.0)
            rows.append(odd_item(item.records(), names, risk, risk >= 0.5))
        return rows

    def look(model: nn.Module, looks: Looks, step: int, progress: float) -> None:
        looks.look(step, progress, lambda items: seen(model, items))

    return looks, look
