"""The reward of an answer: one weight for each n-gram, and a small network over its plain facts."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class RewardNet(nn.Module):
    """An answer -> its reward. mean and spread: of the plain facts in the training answers."""

    mean: Tensor
    spread: Tensor

    def __init__(self, grams: int, hidden: int, mean: Tensor, spread: Tensor) -> None:
        super().__init__()
        self.table = nn.Embedding(grams + 1, 1, padding_idx=0)
        nn.init.zeros_(self.table.weight)
        self.register_buffer("mean", mean)
        self.register_buffer("spread", spread)
        self.facts = nn.Sequential(nn.Linear(len(mean), hidden), nn.Tanh(), nn.Linear(hidden, 1, bias=False))

    def forward(self, numbers: Tensor, weights: Tensor, plain: Tensor) -> Tensor:
        """(N, k) twice and (N, facts) -> (N,)."""
        words = (self.table(numbers).squeeze(2) * weights).sum(dim=1)
        # A fact far outside of what was seen says no more than one at its edge.
        facts = ((plain - self.mean) / self.spread).clamp(-5.0, 5.0)
        rewards: Tensor = words + self.facts(facts).squeeze(1)
        return rewards


class Exported(nn.Module):
    """What serving loads. The temperature makes differences of rewards fit the share right."""

    def __init__(self, model: RewardNet, temperature: float) -> None:
        super().__init__()
        self.model = model
        self.temperature = temperature

    def forward(self, numbers: Tensor, weights: Tensor, plain: Tensor) -> Tensor:
        """(N, k) twice and (N, facts) -> (N,)."""
        rewards: Tensor = self.model(numbers, weights, plain) / self.temperature
        return rewards


def bradley_terry(better: Tensor, worse: Tensor, strength: Tensor) -> Tensor:
    """Mean of -ln p(better wins), clear choices weighing more (Bradley and Terry 1952; Christiano and others 2017)."""
    losses = torch.nn.functional.softplus(worse - better)
    return (losses * strength).sum() / strength.sum()
