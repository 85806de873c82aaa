"""A memory of good patches: a fixed backbone, whitened features, and the distance to the nearest kept patch.

Patches of a pretrained network kept in a memory: Roth et al., PatchCore (CVPR 2022). Distances are measured after
whitening by the covariance of good patches: Defard et al., PaDiM (ICPR 2021). Here the kept patches are spread by
k-means++ (Arthur and Vassilvitskii 2007) and then moved by gradient to where good patches are dense.

Beside it whole good pictures are kept, each as mean and spread of its whitened patches: a surface of another kind may
have no patch that is odd by itself. How far a picture is from them is measured by how far they are from one another
there, as the local outlier factor does (Breunig et al., SIGMOD 2000): good pictures may be of many kinds, some of which
vary more than others.
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
STEADY = 0.005
"""Added to the spread of what good pictures are as wholes: where they are all alike, a trifle is no difference."""
NEIGHBOURS = 5
"""The distance to the so many-th nearest good picture counts."""


class PatchMemory(nn.Module):
    """Normalised pictures -> map of distances from the nearest of `kept` patches, and how far each picture is from
    `pictures` good ones. Only the memory of patches is fitted."""

    mean: Tensor
    whiten: Tensor
    pictures: Tensor
    usual: Tensor
    middle: Tensor
    spread: Tensor

    def __init__(self, kept: int, pictures: int) -> None:
        super().__init__()
        self.backbone = EfficientNetLite0()
        self.memory = nn.Parameter(torch.zeros(kept, WIDTH))
        self.register_buffer("mean", torch.zeros(WIDTH))
        self.register_buffer("whiten", torch.eye(WIDTH))
        self.register_buffer("pictures", torch.zeros(pictures, 2 * WIDTH))
        self.register_buffer("usual", torch.ones(pictures))
        self.register_buffer("middle", torch.zeros(2 * WIDTH))
        self.register_buffer("spread", torch.ones(2 * WIDTH))

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

    def white(self, pictures: Tensor) -> Tensor:
        """Whitened features of patches, (N, WIDTH, S / 8, S / 8)."""
        turn = self.whiten.t()
        return functional.conv2d(self.features(pictures), turn[:, :, None, None], -(turn @ self.mean))

    def squared(self, white: Tensor) -> Tensor:
        """Squared distance from the nearest kept patch, (N, S / 8, S / 8)."""
        cross = functional.conv2d(white, -2.0 * self.memory[:, :, None, None], (self.memory**2).sum(1))
        return functional.relu((white * white).sum(1) + cross.amin(1))

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """The distances of patches, and how far each picture is from the good ones, by their own distances, (N,)."""
        white = self.white(pictures)
        own = (whole(white) - self.middle) / self.spread
        # By differences: from products of large numbers a short distance would come out rough.
        away = ((own[:, None] - self.pictures) ** 2).sum(2)
        nearest, which = away.topk(neighbours(len(self.pictures)), dim=1, largest=False)
        around = self.usual[which].mean(1)
        return (self.squared(white) + LEAST).sqrt(), (nearest.amax(1) + LEAST).sqrt() / around


def whole(white: Tensor) -> Tensor:
    """(N, WIDTH, H, W) -> mean and spread of the patches of each picture, (N, 2 WIDTH)."""
    mean = white.mean((2, 3), keepdim=True)
    spread = (((white - mean) ** 2).mean((2, 3)) + LEAST).sqrt()
    return torch.cat([mean[:, :, 0, 0], spread], 1)


def neighbours(pictures: int) -> int:
    """How many good pictures are looked at, of so many that are kept: a kept one has itself beside."""
    return max(1, min(NEIGHBOURS, pictures - 1))


class Exported(nn.Module):
    """What serving loads: bytes of pictures in, distances out."""

    def __init__(self, model: PatchMemory) -> None:
        super().__init__()
        self.model = model

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """uint8 (N, 3, S, S) -> (N, S / 8, S / 8) and (N,)."""
        found: tuple[Tensor, Tensor] = self.model(normalised(pictures))
        return found


def begun(job: Job, kept: int, pictures: int, pretrained: bool) -> PatchMemory:
    """An empty memory of so many patches and pictures on a fixed backbone."""
    torch.manual_seed(job.seed)
    model = PatchMemory(kept, pictures)
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


def remember(model: PatchMemory, rows: NDArray[np.float32]) -> None:
    """Keeps whole good pictures, (pictures, 2 WIDTH) as `whole` gives them, and how far each is from the others."""
    middle, spread = rows.mean(axis=0), rows.std(axis=0) + STEADY
    known = (rows - middle) / spread
    norms = (known * known).sum(axis=1)
    away = np.maximum(norms[:, None] - 2 * known @ known.T + norms, 0) + LEAST
    np.fill_diagonal(away, np.inf)
    usual = np.ones(len(rows))
    if len(rows) > 1:
        usual = np.sqrt(np.sort(away, axis=1)[:, neighbours(len(rows)) - 1])
    with torch.no_grad():
        for place, values in ((model.pictures, known), (model.usual, usual), (model.middle, middle)):
            place.copy_(torch.from_numpy(values.astype(np.float32)))
        model.spread.copy_(torch.from_numpy(spread.astype(np.float32)))


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
