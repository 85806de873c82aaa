"""The grader: one number a picture, and the cuts between grades on it, which rise by construction.

The cumulative link model of McCullagh (1980) on a network's feature, as CORAL (Cao, Mirjalili and Raschka 2020): the
chance of a grade above k is sigmoid(number - cut k), so that these chances never rise with k.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tongguan.train.recipes.torch_parts.classifier import Classifier
from tongguan.train.recipes.torch_parts.pictures import normalised


class Grader(nn.Module):
    """Normalised pictures -> logits of being above each grade but the last."""

    def __init__(self, network: Classifier, grades: int) -> None:
        super().__init__()
        self.network = network
        self.first = nn.Parameter(torch.full((1,), -0.5 * (grades - 2)))
        # softplus(0.54) is 1: grades begin one unit apart, around 0.
        self.steps = nn.Parameter(torch.full((grades - 2,), 0.5413))

    def cuts(self) -> Tensor:
        """The numbers at which one grade becomes the next, (grades - 1,), rising."""
        return torch.cat([self.first, self.first + functional.softplus(self.steps).cumsum(0)])

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, S, S) -> (N, grades - 1)."""
        above: Tensor = self.network(pictures) - self.cuts()
        return above


def above_loss(logits: Tensor, truth: Tensor) -> Tensor:
    """Cross-entropy of "above grade k" over all k, mean over pictures. logits (N, grades - 1), truth (N,)."""
    places = torch.arange(logits.shape[1], device=logits.device)
    wanted = (truth[:, None] > places[None, :]).to(logits.dtype)
    return functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none").sum(1).mean()


class Exported(nn.Module):
    """What serving loads: bytes of pictures in, the probability of each grade out."""

    cuts: Tensor

    def __init__(self, model: Grader, temperature: float) -> None:
        super().__init__()
        self.network = model.network
        self.temperature = temperature
        # As numbers: the sum that makes them is no part of the graph.
        self.register_buffer("cuts", model.cuts().detach().clone())

    def forward(self, pictures: Tensor) -> Tensor:
        """uint8 (N, 3, S, S) -> (N, grades), rows that sum to 1."""
        above = ((self.network(normalised(pictures)) - self.cuts) / self.temperature).sigmoid()
        return torch.cat([1 - above[:, :1], above[:, :-1] - above[:, 1:], above[:, -1:]], 1)
