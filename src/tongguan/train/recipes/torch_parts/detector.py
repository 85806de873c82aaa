"""The detector: backbone, three-level feature pyramid, one head shared by the levels, no anchors.

Each cell of each level predicts a score per label class and its distances to the four sides of a box (FCOS, Tian et al.
2019). Convolutions of pyramid and head are depthwise separable; batch norms are kept per level, as in RTMDet (2022).
"""

from __future__ import annotations

import copy
import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from tongguan.train.recipes.torch_parts.efficientnet import CHANNELS, EfficientNetLite0

STRIDES = (8, 16, 32)
MEAN, SCALE = 127.0, 128.0


class Separable(nn.Module):
    """Depthwise 3x3 and pointwise 1x1 with one set of weights, and a batch norm and ReLU6 per level."""

    def __init__(self, width: int, levels: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(width, width, 3, padding=1, groups=width, bias=False)
        self.pointwise = nn.Conv2d(width, width, 1, bias=False)
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for _ in range(levels))

    def forward(self, x: Tensor, level: int) -> Tensor:
        """(N, width, H, W) -> the same shape."""
        return functional.relu6(self.norms[level](self.pointwise(self.depthwise(x))), inplace=True)


class Pyramid(nn.Module):
    """Top-down feature pyramid (Lin et al. 2017) on strides 8, 16, 32, or on others that halve each time."""

    def __init__(self, width: int, channels: tuple[int, ...] = CHANNELS) -> None:
        super().__init__()
        self.lateral = nn.ModuleList(
            nn.Sequential(nn.Conv2d(inside, width, 1, bias=False), nn.BatchNorm2d(width)) for inside in channels
        )
        self.smooth = nn.ModuleList(Separable(width, 1) for _ in channels)

    def forward(self, features: list[Tensor]) -> list[Tensor]:
        """Features of the backbone -> one map of `width` channels per level, finest first."""
        maps = [lateral(one) for lateral, one in zip(self.lateral, features, strict=True)]
        for at in range(len(maps) - 2, -1, -1):
            maps[at] = maps[at] + functional.interpolate(maps[at + 1], scale_factor=2.0, mode="nearest")
        return [smooth(one, 0) for smooth, one in zip(self.smooth, maps, strict=True)]


class Head(nn.Module):
    """Two towers (score, box) shared by the levels, and a score offset per class read from the whole picture."""

    def __init__(self, width: int, classes: int, depth: int, size: int, numbers: int = 4) -> None:
        """numbers: that each cell gives besides its scores."""
        super().__init__()
        self.numbers = numbers
        levels = len(STRIDES)
        # Known sizes keep the exported graph free of shape arithmetic.
        self.shapes = [(-1, classes, (size // stride) ** 2) for stride in STRIDES]
        self.score_tower = nn.ModuleList(Separable(width, levels) for _ in range(depth))
        self.box_tower = nn.ModuleList(Separable(width, levels) for _ in range(depth))
        self.score = nn.Conv2d(width, classes, 1)
        self.box = nn.Conv2d(width, numbers, 1)
        self.context = nn.Linear(width, classes)
        self.reach = nn.Parameter(torch.ones(levels))
        nn.init.normal_(self.score.weight, std=0.01)
        nn.init.constant_(self.score.bias, -math.log((1 - 0.01) / 0.01))
        nn.init.normal_(self.box.weight, std=0.01)
        nn.init.constant_(self.box.bias, 1.5)
        nn.init.zeros_(self.context.weight)
        nn.init.zeros_(self.context.bias)

    def forward(self, maps: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Maps per level -> score logits (N, cells, classes) and distances in strides (N, cells, 4)."""
        whole = self.context(maps[-1].mean((2, 3)))
        scores, boxes = [], []
        for level, one in enumerate(maps):
            s, b = one, one
            for tower_score, tower_box in zip(self.score_tower, self.box_tower, strict=True):
                s, b = tower_score(s, level), tower_box(b, level)
            count, classes, cells_ = self.shapes[level]
            scores.append(self.score(s).reshape(count, classes, cells_) + whole[:, :, None])
            boxes.append(self.sides(self.box(b), level).reshape(count, self.numbers, cells_))
        return torch.cat(scores, 2).transpose(1, 2), torch.cat(boxes, 2).transpose(1, 2)

    def sides(self, raw: Tensor, level: int) -> Tensor:
        """The numbers of a level's cells, (N, numbers, H, W): distances to the sides, which are positive."""
        return functional.softplus(raw) * self.reach[level]


def cells(size: int) -> tuple[Tensor, Tensor]:
    """Centres (cells, 2) as x, y in pixels and stride (cells, 1) of all cells of a size x size picture."""
    centres, strides = [], []
    for stride in STRIDES:
        side = (torch.arange(size // stride, dtype=torch.float32) + 0.5) * stride
        y, x = torch.meshgrid(side, side, indexing="ij")
        centres.append(torch.stack([x.flatten(), y.flatten()], 1))
        strides.append(torch.full((len(side) ** 2, 1), float(stride)))
    return torch.cat(centres), torch.cat(strides)


class Detector(nn.Module):
    """Backbone, pyramid and head for square pictures of `size` pixels."""

    centres: Tensor
    strides: Tensor

    def __init__(self, classes: int, size: int, width: int = 96, depth: int = 2) -> None:
        super().__init__()
        self.size = size
        self.backbone = EfficientNetLite0()
        self.pyramid = Pyramid(width)
        self.head = Head(width, classes, depth, size)
        centres, strides = cells(size)
        self.register_buffer("centres", centres, persistent=False)
        self.register_buffer("strides", strides, persistent=False)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Normalised pictures (N, 3, size, size) -> logits (N, cells, classes), boxes (N, cells, 4) as x1 y1 x2 y2."""
        logits, reach = self.head(self.pyramid(self.backbone(pictures)))
        reach = reach * self.strides
        return logits, torch.cat([self.centres - reach[..., :2], self.centres + reach[..., 2:]], -1)


def mirrored_cells(size: int, axis: int) -> Tensor:
    """Where each cell lies after mirroring left and right (axis 1) or top and bottom (axis 0), as indices (cells,)."""
    order, first = [], 0
    for stride in STRIDES:
        side = size // stride
        order.append(torch.arange(first, first + side * side).reshape(side, side).flip(axis).flatten())
        first += side * side
    return torch.cat(order)


def smaller_size(size: int) -> int:
    """The side at which a picture is looked at a second time: 5/6 of the first, in whole cells of all levels."""
    return max(2, round(size * 5 / 6 / STRIDES[-1])) * STRIDES[-1]


def resized(detector: Detector, size: int) -> Detector:
    """The same detector with the same weights (not copies) for pictures of another size."""
    other, head = copy.copy(detector), copy.copy(detector.head)
    # A shallow copy shares these tables with the original, which must keep its own cells and head.
    other._modules, other._buffers = dict(detector._modules), dict(detector._buffers)
    head.shapes = [
        (count, classes, (size // stride) ** 2)
        for (count, classes, _), stride in zip(head.shapes, STRIDES, strict=True)
    ]
    other.size, other.head = size, head
    other.centres, other.strides = (one.to(detector.centres.device) for one in cells(size))
    return other


class Exported(nn.Module):
    """What serving loads: bytes of pictures in, boxes in input pixels and scores out.

    With 2 or 4 views it also looks at the mirrored picture (left-right, then top-bottom too) and takes the mean of what
    each cell says: the grids of cells are symmetric, so that cells of the views correspond one to one. With 2 scales it
    looks at the picture made smaller too, and gives the cells of both: suppression leaves the better of the two,
    and boxes that agree settle each other's place. Textures that have no clear edge are found better at another scale.
    """

    def __init__(self, detector: Detector, views: int = 1, scales: int = 1) -> None:
        super().__init__()
        self.detector = detector
        self.flips: list[tuple[int, ...]] = [(), (1,), (0,), (0, 1)][:views]
        small = smaller_size(detector.size)
        # In a tuple, so that the weights belong to one module only.
        self.looks = (detector, resized(detector, small)) if scales > 1 and small < detector.size else (detector,)
        self.orders = [[mirrored_cells(one.size, axis) for axis in (0, 1)] for one in self.looks]

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """uint8 (N, 3, size, size) -> boxes (N, cells, 4) as x1 y1 x2 y2, scores (N, cells, classes) in [0, 1]."""
        shown = (pictures.float() - MEAN) / SCALE
        found = [self._look(shown, at) for at in range(len(self.looks))]
        return torch.cat([boxes for boxes, _ in found], 1), torch.cat([scores for _, scores in found], 1)

    def _look(self, shown: Tensor, at: int) -> tuple[Tensor, Tensor]:
        detector = self.looks[at]
        if detector.size != self.detector.size:
            side = (detector.size, detector.size)
            shown = functional.interpolate(shown, side, mode="bilinear", align_corners=False)
        flipped = [shown.flip([axis + 2 for axis in flips]) if flips else shown for flips in self.flips]
        logits, boxes = detector(torch.cat(flipped))
        views, cells_, classes = len(self.flips), boxes.shape[1], logits.shape[2]
        all_boxes = boxes.reshape(views, -1, int(cells_), 4)
        all_scores = logits.sigmoid().reshape(views, -1, int(cells_), int(classes))
        back = [self._back(all_boxes[one], all_scores[one], flips, at) for one, flips in enumerate(self.flips)]
        mean = sum(one for one, _ in back) / views, sum(one for _, one in back) / views
        return mean[0] * (self.detector.size / detector.size), mean[1]

    def _back(self, boxes: Tensor, scores: Tensor, flips: tuple[int, ...], at: int) -> tuple[Tensor, Tensor]:
        """What a mirrored picture says, cell by cell of the picture as it is."""
        size = float(self.looks[at].size)
        for axis in flips:
            order = self.orders[at][axis]
            left, top, right, bottom = boxes.unbind(-1)
            sides = (size - right, top, size - left, bottom) if axis else (left, size - bottom, right, size - top)
            boxes, scores = torch.stack(sides, -1)[:, order], scores[:, order]
        return boxes, scores
