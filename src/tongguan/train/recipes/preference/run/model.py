"""The reward of an answer: one weight for each n-gram, a small network over its plain facts, and, with an encoder, one
weight for each number that it gives."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

FAR = 5.0
"""Standard deviations beyond which a fact counts as at this edge."""

Spread = tuple[Tensor, Tensor]


class RewardNet(nn.Module):
    """An answer -> its reward. plain and encoded: mean and standard deviation, in the training answers, of the plain
    facts and of what an encoder makes of an answer."""

    mean: Tensor
    spread: Tensor
    encoded_mean: Tensor
    encoded_spread: Tensor

    def __init__(self, grams: int, hidden: int, plain: Spread, encoded: Spread | None = None) -> None:
        super().__init__()
        self.table = nn.Embedding(grams + 1, 1, padding_idx=0)
        nn.init.zeros_(self.table.weight)
        self.register_buffer("mean", plain[0])
        self.register_buffer("spread", plain[1])
        self.facts = nn.Sequential(nn.Linear(len(plain[0]), hidden), nn.Tanh(), nn.Linear(hidden, 1, bias=False))
        self.encoder_facts: nn.Linear | None = None
        if encoded is not None:
            self.register_buffer("encoded_mean", encoded[0])
            self.register_buffer("encoded_spread", encoded[1])
            self.encoder_facts = nn.Linear(len(encoded[0]), 1, bias=False)
            nn.init.zeros_(self.encoder_facts.weight)

    def forward(self, numbers: Tensor, weights: Tensor, plain: Tensor, encoded: Tensor | None = None) -> Tensor:
        """(N, k) twice, (N, facts), with an encoder (N, width) -> (N,)."""
        words = (self.table(numbers).squeeze(2) * weights).sum(dim=1)
        # A fact far outside of what was seen says no more than one at its edge.
        facts = ((plain - self.mean) / self.spread).clamp(-FAR, FAR)
        rewards: Tensor = words + self.facts(facts).squeeze(1)
        if self.encoder_facts is not None and encoded is not None:
            states = ((encoded - self.encoded_mean) / self.encoded_spread).clamp(-FAR, FAR)
            # By the root of the width, so that a step moves the reward alike whatever the encoder's width is.
            rewards = rewards + self.encoder_facts(states / math.sqrt(self.encoder_facts.in_features)).squeeze(1)
        return rewards


class Exported(nn.Module):
    """What serving loads. The temperature makes differences of rewards fit the share right."""

    def __init__(self, model: RewardNet, temperature: float) -> None:
        super().__init__()
        self.model = model
        self.temperature = temperature

    def forward(self, numbers: Tensor, weights: Tensor, plain: Tensor, encoded: Tensor | None = None) -> Tensor:
        """As of the model."""
        rewards: Tensor = self.model(numbers, weights, plain, encoded) / self.temperature
        return rewards


def bradley_terry(better: Tensor, worse: Tensor, strength: Tensor) -> Tensor:
    """Mean of -ln p(better wins), clear choices weighing more (Bradley and Terry 1952; Christiano and others 2017)."""
    losses = torch.nn.functional.softplus(worse - better)
    return (losses * strength).sum() / strength.sum()
