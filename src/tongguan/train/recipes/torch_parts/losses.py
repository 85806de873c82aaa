"""Losses: varifocal for scores (Zhang et al. 2021), generalised overlap for boxes (Rezatofighi et al. 2019)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def varifocal(logits: Tensor, target: Tensor, alpha: float = 0.75, gamma: float = 2.0) -> Tensor:
    """Sum over all cells and classes. logits and target (N, A, K), target in [0, 1], 0 = background.

    Positives weigh by their target, background by alpha * score^gamma.
    """
    weight = torch.where(target > 0, target, alpha * logits.detach().sigmoid().pow(gamma))
    return functional.binary_cross_entropy_with_logits(logits, target, weight=weight, reduction="sum")


def giou(first: Tensor, second: Tensor) -> Tensor:
    """Generalised overlap in [-1, 1] of row i with row i; (P, 4) as x1 y1 x2 y2 -> (P,)."""
    shared = (torch.minimum(first[:, 2:], second[:, 2:]) - torch.maximum(first[:, :2], second[:, :2])).clamp(min=0)
    hull = (torch.maximum(first[:, 2:], second[:, 2:]) - torch.minimum(first[:, :2], second[:, :2])).clamp(min=0)
    area = (first[:, 2:] - first[:, :2]).clamp(min=0).prod(1) + (second[:, 2:] - second[:, :2]).clamp(min=0).prod(1)
    inner, outer = shared.prod(1), hull.prod(1)
    union = area - inner
    return inner / (union + 1e-7) - (outer - union) / (outer + 1e-7)
