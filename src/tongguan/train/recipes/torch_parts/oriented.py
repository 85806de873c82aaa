"""The detector of turned boxes: backbone, pyramid and towers of the detector; a cell gives centre, sides, direction.

Direction is given as (cos 2a, sin 2a), which has no jump where a box turns into itself. Boxes are compared as the
Gaussians with their mean and spread (ProbIoU, Llerena et al. 2021), which is smooth in all numbers.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tongguan.train.recipes.torch_parts.detector import Head, Pyramid, cells
from tongguan.train.recipes.torch_parts.efficientnet import EfficientNetLite0
from tongguan.train.recipes.torch_parts.pictures import normalised

NUMBERS = 6
EPS = 1e-6
LEAST_SIDE = 1.0
"""Input pixels: a side of no length has no Gaussian."""


class OrientedHead(Head):
    """Each cell gives x, y, width, height, cos 2a, sin 2a; x and y from its centre, all four in strides."""

    def __init__(self, width: int, classes: int, depth: int, size: int) -> None:
        super().__init__(width, classes, depth, size, NUMBERS)
        with torch.no_grad():
            if self.box.bias is not None:
                self.box.bias.copy_(torch.tensor([0.0, 0.0, 1.5, 1.5, 1.0, 0.0]))

    def sides(self, raw: Tensor, level: int) -> Tensor:
        """(N, 6, H, W), the direction of length 1."""
        sides = functional.softplus(raw[:, 2:4]) * self.reach[level]
        length = (raw[:, 4:] ** 2).sum(1, keepdim=True).add(EPS).sqrt()
        return torch.cat([raw[:, :2], sides, raw[:, 4:] / length], 1)


class OrientedDetector(nn.Module):
    """Backbone, pyramid and head for square pictures of `size` pixels."""

    centres: Tensor
    strides: Tensor

    def __init__(self, classes: int, size: int, width: int = 96, depth: int = 2) -> None:
        super().__init__()
        self.size = size
        self.backbone = EfficientNetLite0()
        self.pyramid = Pyramid(width)
        self.head = OrientedHead(width, classes, depth, size)
        centres, strides = cells(size)
        self.register_buffer("centres", centres, persistent=False)
        self.register_buffer("strides", strides, persistent=False)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Normalised pictures (N, 3, size, size) -> logits (N, cells, classes), boxes (N, cells, 6) as centre x, y,
        width, height in input pixels, cos 2a, sin 2a."""
        logits, raw = self.head(self.pyramid(self.backbone(pictures)))
        placed = raw[..., :2] * self.strides + self.centres
        return logits, torch.cat([placed, raw[..., 2:4] * self.strides, raw[..., 4:]], -1)


class Exported(nn.Module):
    """What serving loads: bytes of pictures in, boxes in input pixels and scores out."""

    def __init__(self, model: OrientedDetector) -> None:
        super().__init__()
        self.model = model

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """uint8 (N, 3, size, size) -> boxes (N, cells, 6), scores (N, cells, classes) in [0, 1]."""
        logits, boxes = self.model(normalised(pictures))
        return boxes, logits.sigmoid()


def spread(boxes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Covariance of the even distribution over a box, (..., 6) -> xx, yy, xy."""
    wide, high = (boxes[..., at].clamp(min=LEAST_SIDE) ** 2 / 12 for at in (2, 3))
    mean, half = (wide + high) / 2, (wide - high) / 2
    return mean + half * boxes[..., 4], mean - half * boxes[..., 4], half * boxes[..., 5]


def distance(first: Tensor, second: Tensor) -> Tensor:
    """Bhattacharyya distance of the Gaussians of boxes (..., 6), broadcast: 0 for equal boxes, without an end."""
    xx, yy, xy = (one + other for one, other in zip(spread(first), spread(second), strict=True))
    dx, dy = first[..., 0] - second[..., 0], first[..., 1] - second[..., 1]
    whole = (xx * yy - xy * xy).clamp(min=EPS)
    apart = (yy * dx * dx + xx * dy * dy - 2 * xy * dx * dy) / whole / 4
    flat = [(a * b - c * c).clamp(min=EPS) for a, b, c in (spread(first), spread(second))]
    unlike = 0.5 * torch.log(whole / (4 * (flat[0] * flat[1]).sqrt()) + EPS)
    return (apart + unlike).clamp(min=EPS)


def likeness(first: Tensor, second: Tensor) -> Tensor:
    """1 - Hellinger distance of the Gaussians of boxes (..., 6), broadcast: in [0, 1], 1 for equal boxes."""
    apart = distance(first, second).clamp(max=50.0)
    return 1 - (1 - torch.exp(-apart) + EPS).sqrt()


def inside(centres: Tensor, boxes: Tensor, least: float = 12.0) -> Tensor:
    """Which centres (A, 2) lie in which box (N, M, 6): (N, M, A); a box thinner than `least` px is widened."""
    # a lies in (-90, 90] degrees, where cos a is not negative.
    cos = ((1 + boxes[..., 4]) / 2).clamp(min=0).sqrt()
    sin = torch.where(cos > 1e-3, boxes[..., 5] / (2 * cos.clamp(min=1e-3)), torch.ones_like(cos))
    offset = centres[None, None] - boxes[:, :, None, :2]
    along = offset[..., 0] * cos[..., None] + offset[..., 1] * sin[..., None]
    across = offset[..., 1] * cos[..., None] - offset[..., 0] * sin[..., None]
    half = (boxes[..., 2:4] / 2).clamp(min=least / 2)
    return (along.abs() < half[..., 0:1]) & (across.abs() < half[..., 1:2])
