"""The network: convolutions over the picture from above, down and up again, with heads at half of its resolution."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tongguan.train.recipes.cloud_parts.above import CHANNELS
from tongguan.train.recipes.cloud_parts.decoding import NUMBERS

RARE = -2.19
"""Logit of the heat at the start: a tenth, as nearly all places are empty (Lin et al. 2017, "Focal Loss")."""


class CloudNet(nn.Module):
    """(N, CHANNELS, rows, columns) -> logits of heat (N, K, rows / 2, columns / 2) and numbers (N, 9, ...)."""

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.stem = _layer(CHANNELS, width, 2)
        self.near = nn.Sequential(_layer(width, width, 1), _layer(width, width, 1))
        self.middle = nn.Sequential(_layer(width, 2 * width, 2), _layer(2 * width, 2 * width, 1))
        self.wide = nn.Sequential(
            _layer(2 * width, 4 * width, 2), _layer(4 * width, 4 * width, 1), _layer(4 * width, 2 * width, 1)
        )
        self.join_middle = _layer(4 * width, width, 1)
        self.join_near = _layer(2 * width, width, 1)
        self.heat = nn.Sequential(_layer(width, width, 1), nn.Conv2d(width, classes, 1))
        self.numbers = nn.Sequential(_layer(width, width, 1), nn.Conv2d(width, NUMBERS, 1))
        for module in self.modules():
            if isinstance(module, nn.Conv2d) and module.bias is not None:
                nn.init.zeros_(module.bias)
        last = self.heat[-1]
        if isinstance(last, nn.Conv2d) and last.bias is not None:
            nn.init.constant_(last.bias, RARE)

    def forward(self, grids: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of the heat, and the numbers of every place."""
        near = self.near(self.stem(grids))
        middle = self.middle(near)
        wide = functional.interpolate(self.wide(middle), scale_factor=2.0, mode="nearest")
        joined = self.join_middle(torch.cat([middle, wide], dim=1))
        whole = self.join_near(
            torch.cat([near, functional.interpolate(joined, scale_factor=2.0, mode="nearest")], dim=1)
        )
        return self.heat(whole), self.numbers(whole)


def _layer(given: int, made: int, stride: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(given, made, 3, stride, 1, bias=False), nn.BatchNorm2d(made), nn.ReLU())


class Exported(nn.Module):
    """What serving loads: heat in [0, 1] instead of logits."""

    def __init__(self, model: CloudNet) -> None:
        super().__init__()
        self.model = model

    def forward(self, grids: Tensor) -> tuple[Tensor, Tensor]:
        """As `CloudNet`, heat as probability."""
        heat, numbers = self.model(grids)
        return heat.sigmoid(), numbers


def loss_of(heat: Tensor, numbers: Tensor, truth: Tensor, wanted: Tensor, where: Tensor) -> Tensor:
    """Focal loss of the heat (Zhou et al. 2019, "Objects as Points") plus distances of the numbers at the middles of
    things. truth (N, K, h, w); wanted (M, 9); where (M, 3): cloud, row, column."""
    shown = heat.sigmoid().clamp(1e-4, 1 - 1e-4)
    hit = truth.eq(1).float()
    positive = hit * (1 - shown) ** 2 * shown.log()
    negative = (1 - hit) * (1 - truth) ** 4 * shown**2 * (1 - shown).log()
    things = max(1, len(where))
    loss = -(positive + negative).sum() / things
    if len(where):
        found = numbers[where[:, 0], :, where[:, 1], where[:, 2]]
        weights = found.new_tensor([1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 1.0, 1.0])
        loss = loss + ((found[:, :8] - wanted[:, :8]).abs() * weights).sum() / things
        ahead = functional.binary_cross_entropy_with_logits(found[:, 8], wanted[:, 8])
        loss = loss + 0.2 * ahead
    return loss
