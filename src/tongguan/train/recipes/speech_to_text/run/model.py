"""The network: three convolutions over bands and time, then layers over time that look further and further."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tongguan.train.recipes.speech_to_text.predict import SHRINK


class SpeechNet(nn.Module):
    """(N, 1, bands, frames) -> logits (N, frames / SHRINK, classes), class 0 the blank."""

    def __init__(self, bands: int, width: int, depth: int, classes: int, dropout: float) -> None:
        super().__init__()
        narrow = max(8, width // 3)
        self.first = nn.ModuleList(
            (
                _layer(1, narrow, (3, 3), (2, 2)),
                _layer(narrow, narrow, (3, 3), (2, 1)),
                _layer(narrow, 2 * narrow, (3, 3), (2, 2)),
            )
        )
        # One convolution over all bands that are left.
        self.join = nn.Conv2d(2 * narrow, width, (bands // 8, 1), bias=False)
        self.join_norm = nn.BatchNorm2d(width)
        self.layers = nn.ModuleList(_Over(width, 2**at, dropout) for at in range(depth))
        self.linear = nn.Conv1d(width, classes, 1)

    def forward(self, sounds: Tensor, frames: Tensor | None = None) -> Tensor:
        """Logits. frames: how many of each sound are real; what follows stays silent, as if the sound ended there."""
        x = sounds
        for layer in self.first:
            if isinstance(layer, nn.Sequential) and isinstance(layer[0], nn.Conv2d) and layer[0].stride[1] == 2:
                frames = halved(frames)
            x = _silenced(layer(x), frames)
        x = _silenced(functional.relu(self.join_norm(self.join(x))), frames).squeeze(2)
        for over in self.layers:
            x = _silenced(over(x), frames)
        logits: Tensor = self.linear(x).transpose(1, 2)
        return logits


def halved(frames: Tensor | None) -> Tensor | None:
    """Frames after a convolution with step 2."""
    return None if frames is None else (frames + 1) // 2


def output_frames(frames: Tensor) -> Tensor:
    """Frames of the output."""
    return (frames + SHRINK - 1) // SHRINK


def _silenced(x: Tensor, frames: Tensor | None) -> Tensor:
    if frames is None:
        return x
    there = torch.arange(x.shape[-1])[None] < frames[:, None]
    return x * there.view(len(x), *(1,) * (x.dim() - 2), -1)


class _Over(nn.Module):
    """A convolution over time, each feature alone and then all together, added to what came in."""

    def __init__(self, width: int, distance: int, dropout: float) -> None:
        super().__init__()
        self.alone = nn.Conv1d(width, width, 5, padding=2 * distance, dilation=distance, groups=width, bias=False)
        self.norm = nn.BatchNorm1d(width)
        self.together = nn.Conv1d(width, width, 1, bias=False)
        self.last = nn.BatchNorm1d(width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        seen = functional.relu(self.norm(self.alone(x)))
        out: Tensor = functional.relu(x + self.dropout(self.last(self.together(seen))))
        return out


def _layer(given: int, made: int, size: tuple[int, int], stride: tuple[int, int]) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(given, made, size, stride, 1, bias=False), nn.BatchNorm2d(made), nn.ReLU())
