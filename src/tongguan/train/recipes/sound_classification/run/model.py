"""The network (six small convolutions over bands and time, then mean and maximum over the sound, one linear layer), and
how its answers and those by likeness are put together."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class SoundNet(nn.Module):
    """(N, 1, bands, frames) -> logits (N, classes)."""

    def __init__(self, width: int, classes: int, dropout: float) -> None:
        super().__init__()
        shapes = (
            (1, width, (2, 1)),
            (width, width, (2, 2)),
            (width, 2 * width, (1, 1)),
            (2 * width, 2 * width, (2, 2)),
            (2 * width, 4 * width, (1, 1)),
            (4 * width, 4 * width, (2, 2)),
        )
        self.layers = nn.Sequential(*(_layer(*shape) for shape in shapes))
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(8 * width, classes)

    def forward(self, sounds: Tensor) -> Tensor:
        """Logits of every class. What all moments of a sound have in common, as a microphone adds it, is taken out."""
        apart = sounds - sounds.mean(dim=3, keepdim=True)
        spread = (apart * apart).mean(dim=(1, 2, 3), keepdim=True).sqrt()
        seen = self.layers(apart / (spread + 1e-3))
        whole = torch.cat([seen.mean(dim=(2, 3)), seen.mean(dim=2).amax(dim=2)], dim=1)
        logits: Tensor = self.linear(self.dropout(whole))
        return logits


def _layer(given: int, made: int, stride: tuple[int, int]) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(given, made, 3, stride, 1, bias=False), nn.BatchNorm2d(made), nn.ReLU())


ALONE = (0.14, 0.5, 1.0)
"""Weights of networks, memory and bent likeness where no sounds are held out: on voices that they do not know the
networks err most, and are surer of themselves. With these the scores of new voices about fit the share right."""
CHOICES = (ALONE, (0.3, 0.5, 1.0), (0.6, 0.5, 1.0), (1.0, 0.5, 0.5), (1.0, 0.2, 0.2), (1.0, 0.0, 0.0))
"""Weights to choose from on sounds that are held out: the more voices there are to learn from, the better the
networks."""


class Members(nn.Module):
    """Networks that learn the same batches from other beginnings: (N, 1, bands, frames) -> (members, N, classes)."""

    def __init__(self, count: int, width: int, classes: int, dropout: float) -> None:
        super().__init__()
        self.nets = nn.ModuleList(SoundNet(width, classes, dropout) for _ in range(count))

    def forward(self, sounds: Tensor) -> Tensor:
        """Logits of each."""
        return torch.stack([net(sounds) for net in self.nets])


class Together(nn.Module):
    """The mean of the networks, the memory and the bent likeness: their logits, weighted and added."""

    def __init__(self, members: nn.Module, others: Sequence[nn.Module], weights: Sequence[float]) -> None:
        """weights: of the networks, then of each of the others; one that weighs nothing is left out."""
        super().__init__()
        self.members = members
        self.others = nn.ModuleList(one for one, weight in zip(others, weights[1:], strict=True) if weight)
        self.weights = tuple(weights[:1]) + tuple(weight for weight in weights[1:] if weight)

    def forward(self, sounds: Tensor) -> Tensor:
        """float32 (N, 1, bands, frames) -> logits (N, classes)."""
        logits: Tensor = self.weights[0] * self.members(sounds).log_softmax(dim=2).mean(dim=0)
        for weight, other in zip(self.weights[1:], self.others, strict=True):
            logits = logits + weight * other(sounds)
        return logits


class Exported(nn.Module):
    """What serving loads: bands in, probabilities out. The temperature makes them fit the share right."""

    def __init__(self, model: nn.Module, temperature: float) -> None:
        super().__init__()
        self.model = model
        self.temperature = temperature

    def forward(self, sounds: Tensor) -> Tensor:
        """float32 (N, 1, bands, frames) -> (N, classes), rows that sum to 1."""
        return (self.model(sounds) / self.temperature).softmax(dim=1)
