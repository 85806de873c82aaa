"""Averaged weights: an exponential mean of parameters and statistics over the steps."""

from __future__ import annotations

import copy

import torch
from torch import nn


class Average:
    """Keeps a copy of the model whose weights follow with `decay`, faster in the first steps."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self.decay = decay
        self._pairs = [
            (mine, theirs)
            for mine, theirs in zip(
                (*self.model.parameters(), *self.model.buffers()), (*model.parameters(), *model.buffers()), strict=True
            )
            if mine.dtype.is_floating_point
        ]
        self._moving = [pair for pair in self._pairs if pair[1].requires_grad or not isinstance(pair[1], nn.Parameter)]

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Takes the model's weights after step `step` (from 1)."""
        share = 1.0 - min(self.decay, (1 + step) / (10 + step))
        mine, theirs = [pair[0] for pair in self._moving], [pair[1] for pair in self._moving]
        torch._foreach_lerp_(mine, theirs, share)
