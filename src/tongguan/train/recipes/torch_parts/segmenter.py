"""The segmenter: backbone with strides 4 to 32, feature pyramid, its maps added up at stride 4, one class a pixel.

Kirillov et al., Panoptic Feature Pyramid Networks (CVPR 2019), with depthwise separable convolutions.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tongguan.train.recipes.torch_parts.detector import Pyramid, Separable
from tongguan.train.recipes.torch_parts.efficientnet import CHANNELS, TAPS, EfficientNetLite0
from tongguan.train.recipes.torch_parts.pictures import normalised

FINE_TAP, FINE_CHANNELS = 2, 24
"""The last block at stride 4, and its channels."""
STRIDE = 4


class Segmenter(nn.Module):
    """Normalised pictures -> logits of background and classes for every pixel."""

    def __init__(self, classes: int, width: int, depth: int) -> None:
        super().__init__()
        self.backbone = EfficientNetLite0((FINE_TAP, *TAPS))
        self.pyramid = Pyramid(width, (FINE_CHANNELS, *CHANNELS))
        self.tower = nn.ModuleList(Separable(width, 1) for _ in range(depth))
        self.score = nn.Conv2d(width, classes + 1, 1)
        nn.init.normal_(self.score.weight, std=0.01)
        nn.init.zeros_(self.score.bias)

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, S, S) -> (N, 1 + classes, S, S)."""
        maps = self.pyramid(self.backbone(pictures))
        x = maps[0]
        for level, one in enumerate(maps[1:], start=1):
            x = x + functional.interpolate(one, scale_factor=float(2**level), mode="bilinear", align_corners=False)
        for layer in self.tower:
            x = layer(x, 0)
        return functional.interpolate(self.score(x), scale_factor=float(STRIDE), mode="bilinear", align_corners=False)


def overlap_loss(logits: Tensor, truth: Tensor) -> Tensor:
    """1 - soft Dice (Milletari et al. 2016), mean over the classes that the batch holds. logits (N, 1 + K, S, S), truth
    (N, S, S) with 0 for background."""
    shares = logits.softmax(1)[:, 1:]
    drawn = functional.one_hot(truth, logits.shape[1]).permute(0, 3, 1, 2)[:, 1:].to(shares.dtype)
    both, either = (shares * drawn).sum((0, 2, 3)), (shares + drawn).sum((0, 2, 3))
    there = drawn.sum((0, 2, 3)) > 0
    if not bool(there.any()):
        return shares.sum() * 0.0
    return (1 - (2 * both + 1) / (either + 1))[there].mean()


class Exported(nn.Module):
    """What serving loads: bytes of pictures in, shares of background and classes out, the mean over mirror images."""

    def __init__(self, model: Segmenter, views: int) -> None:
        super().__init__()
        self.model = model
        self.flips: list[list[int]] = [[], [3], [2], [2, 3]][:views]

    def forward(self, pictures: Tensor) -> Tensor:
        """uint8 (N, 3, S, S) -> (N, 1 + classes, S, S), which sum to 1."""
        shown = normalised(pictures)
        total = torch.zeros(())
        for flips in self.flips:
            shares = self.model(shown.flip(flips) if flips else shown).softmax(1)
            total = total + (shares.flip(flips) if flips else shares)
        return total / len(self.flips)
