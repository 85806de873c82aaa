"""The grader: one number a picture, and the cuts between grades on it, which rise by construction.

The cumulative link model of McCullagh (1980) on a network's feature, as CORAL (Cao, Mirjalili and Raschka 2020): the
chance of a grade above k is sigmoid(number - cut k), so that these chances never rise with k.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from tongguan.train.recipes.torch_parts.classifier import Classifier
from tongguan.train.recipes.torch_parts.pictures import normalised

SPREAD = 8.0
"""The network's number is small at first, and one number has to reach far on both sides of the cuts."""


class Grader(nn.Module):
    """Normalised pictures -> logits of being above each grade but the last."""

    def __init__(self, network: Classifier, above: Sequence[float]) -> None:
        """above: the share of the training items above each grade but the last, falling: without a look at a picture
        the cuts say as much."""
        super().__init__()
        self.network = network
        shares = torch.tensor(list(above)).clamp(0.02, 0.98)
        cuts = 2 * torch.log((1 - shares) / shares)
        apart = cuts.diff().clamp(min=0.1)
        self.first = nn.Parameter(cuts[:1].clone())
        self.steps = nn.Parameter(torch.log(torch.expm1(apart)))

    def cuts(self) -> Tensor:
        """The numbers at which one grade becomes the next, (grades - 1,), rising."""
        return torch.cat([self.first, self.first + functional.softplus(self.steps).cumsum(0)])

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, S, S) -> (N, grades - 1)."""
        above: Tensor = SPREAD * self.network(pictures) - self.cuts()
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
        above = ((SPREAD * self.network(normalised(pictures)) - self.cuts) / self.temperature).sigmoid()
        return torch.cat([1 - above[:, :1], above[:, :-1] - above[:, 1:], above[:, -1:]], 1)
