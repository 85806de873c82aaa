"""A linear model over weighted n-grams: one weight for each n-gram and class."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class GramNet(nn.Module):
    """Numbers and weights of n-grams -> logits."""

    def __init__(self, grams: int, classes: int) -> None:
        super().__init__()
        self.table = nn.Embedding(grams + 1, classes, padding_idx=0)
        self.bias = nn.Parameter(torch.zeros(classes))
        nn.init.zeros_(self.table.weight)

    def forward(self, numbers: Tensor, weights: Tensor) -> Tensor:
        """(N, k) twice -> (N, classes)."""
        logits: Tensor = (self.table(numbers) * weights[:, :, None]).sum(dim=1) + self.bias
        return logits


class Exported(nn.Module):
    """What serving loads: probabilities. The temperature makes them fit the share right."""

    def __init__(self, model: GramNet, temperature: float) -> None:
        super().__init__()
        self.model = model
        self.temperature = temperature

    def forward(self, numbers: Tensor, weights: Tensor) -> Tensor:
        """(N, k) twice -> (N, classes), rows that sum to 1."""
        return (self.model(numbers, weights) / self.temperature).softmax(dim=1)
