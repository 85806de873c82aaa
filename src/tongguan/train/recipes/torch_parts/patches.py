"""A memory of good patches: a fixed backbone, whitened features, and the distance to the nearest kept patch.

Patches of a pretrained network kept in a memory: Roth et al., PatchCore (CVPR 2022). Distances are measured after
whitening by the covariance of good patches: Defard et al., PaDiM (ICPR 2021). Here the kept patches are spread by
k-means++ (Arthur and Vassilvitskii 2007) and then moved by gradient to where good patches are dense.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from tongguan.train.recipes.job import Job
from tongguan.train.recipes.torch_parts.efficientnet import CHANNELS, EfficientNetLite0, load_imagenet
from tongguan.train.recipes.torch_parts.pictures import normalised, pretrained_file

USED = 11
"""Blocks of the backbone that features come from: strides 8 and 16. Deeper ones know things, not surfaces."""
WIDTH = CHANNELS[0] + CHANNELS[1]
SHRINK = 0.01
"""Share of the mean variance that is added to each: directions in which good patches hardly vary stay bounded."""
LEAST = 1e-3
"""Added below the root: it has no slope without bound at 0."""


class PatchMemory(nn.Module):
    """Normalised pictures -> map of distances from the nearest of `kept` patches. Only the memory is fitted."""

    mean: Tensor
    whiten: Tensor

    def __init__(self, kept: int) -> None:
        super().__init__()
        self.backbone = EfficientNetLite0()
        self.memory = nn.Parameter(torch.zeros(kept, WIDTH))
        self.register_buffer("mean", torch.zeros(WIDTH))
        self.register_buffer("whiten", torch.eye(WIDTH))

    def train(self, mode: bool = True) -> PatchMemory:
        """The backbone stays as it is."""
        super().train(mode)
        self.backbone.eval()
        return self

    def features(self, pictures: Tensor) -> Tensor:
        """(N, 3, S, S) -> features of patches, (N, WIDTH, S / 8, S / 8)."""
        fine, coarse = (functional.avg_pool2d(one, 3, 1, 1) for one in self.backbone(pictures)[:2])
        wide = functional.interpolate(coarse, scale_factor=2.0, mode="bilinear", align_corners=False)
        return torch.cat([fine, wide], 1)

    def squared(self, pictures: Tensor) -> Tensor:
        """Squared distance from the nearest kept patch, (N, S / 8, S / 8)."""
        turn = self.whiten.t()
        bias = -(turn @ self.mean)
        x = functional.conv2d(self.features(pictures), turn[:, :, None, None], bias)
        cross = functional.conv2d(x, -2.0 * self.memory[:, :, None, None], (self.memory**2).sum(1))
        return functional.relu((x * x).sum(1) + cross.amin(1))

    def forward(self, pictures: Tensor) -> Tensor:
        """The distance."""
        return (self.squared(pictures) + LEAST).sqrt()


class Exported(nn.Module):
    """What serving loads: bytes of pictures in, distances out."""

    def __init__(self, model: PatchMemory) -> None:
        super().__init__()
        self.model = model

    def forward(self, pictures: Tensor) -> Tensor:
        """uint8 (N, 3, S, S) -> (N, S / 8, S / 8)."""
        found: Tensor = self.model(normalised(pictures))
        return found


def begun(job: Job, kept: int, pretrained: bool) -> PatchMemory:
    """An empty memory on a fixed backbone."""
    torch.manual_seed(job.seed)
    model = PatchMemory(kept)
    file = pretrained_file(job, pretrained)
    if file is not None:
        load_imagenet(model.backbone, file)
    model.backbone.eval()
    model.backbone.fold(len(model.backbone.blocks))
    model.backbone.blocks = model.backbone.blocks[:USED]
    model.backbone.freeze(USED)
    return model.train()


def fill(model: PatchMemory, patches: NDArray[np.float32], seed: int) -> None:
    """Fixes the whitening by patches (n, WIDTH) of good pictures, and spreads the memory over them."""
    rows = patches.astype(np.float64)
    mean = rows.mean(axis=0)
    centred = rows - mean
    covariance = centred.T @ centred / max(1, len(rows) - 1)
    size = max(float(np.trace(covariance)) / len(covariance), 1e-12)
    values, vectors = np.linalg.eigh(covariance + SHRINK * size * np.eye(len(covariance)))
    # Divided by the root of the width: a patch like the others is about 1 from the middle.
    whiten = vectors / np.sqrt(values) / np.sqrt(len(covariance))
    memory = _spread((centred @ whiten).astype(np.float32), len(model.memory), np.random.default_rng([seed, 3]))
    with torch.no_grad():
        model.mean.copy_(torch.from_numpy(mean.astype(np.float32)))
        model.whiten.copy_(torch.from_numpy(whiten.astype(np.float32)))
        model.memory.copy_(torch.from_numpy(memory))


def _spread(rows: NDArray[np.float32], kept: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """k-means++: each next one is drawn with a chance that grows with the squared distance from those chosen."""
    norms = (rows * rows).sum(axis=1)
    chosen = [int(rng.integers(len(rows)))]
    nearest = np.full(len(rows), np.inf)
    while len(chosen) < kept:
        last = rows[chosen[-1]]
        away = np.maximum(norms - 2 * (rows @ last) + norms[chosen[-1]], 0)
        nearest = np.minimum(nearest, away)
        total = float(nearest.sum())
        chosen.append(int(rng.choice(len(rows), p=nearest / total)) if total > 0 else int(rng.integers(len(rows))))
    return rows[chosen]
