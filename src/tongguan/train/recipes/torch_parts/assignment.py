"""Which cell learns which box: task-aligned assignment (TOOD, Feng et al. 2021)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

EPS = 1e-9


@dataclass(frozen=True, slots=True)
class Assigned:
    """Per cell: its box (N, A) as index into the picture's boxes, whether it has one, target scores (N, A, K)."""

    truth: Tensor
    positive: Tensor
    target: Tensor


def pairwise_iou(first: Tensor, second: Tensor) -> Tensor:
    """(N, M, 4) and (N, A, 4) as x1 y1 x2 y2 -> (N, M, A)."""
    a, b = first[:, :, None], second[:, None]
    shared = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp_(min=0).prod(-1)
    area_a = (a[..., 2:] - a[..., :2]).clamp(min=0).prod(-1)
    area_b = (b[..., 2:] - b[..., :2]).clamp(min=0).prod(-1)
    return shared / (area_a + area_b - shared + EPS)


@torch.no_grad()
def assign(
    scores: Tensor,
    boxes: Tensor,
    centres: Tensor,
    truth: Tensor,
    labels: Tensor,
    there: Tensor,
    top: int = 13,
    alpha: float = 1.0,
    beta: float = 6.0,
) -> Assigned:
    """Each box takes the `top` cells inside it with the largest score^alpha * overlap^beta.

    scores (N, A, K) in [0, 1]; boxes (N, A, 4); centres (A, 2); truth (N, M, 4), labels (N, M), there (N, M) false for
    padding. A cell wanted by two boxes goes to the one it overlaps most. The target score is the alignment, scaled so
    that the best cell of a box has the box's best overlap.
    """
    overlap = pairwise_iou(truth, boxes)
    return assign_by(scores, overlap, _inside(centres, truth) & there[:, :, None], labels, top, alpha, beta)


@torch.no_grad()
def assign_by(
    scores: Tensor,
    overlap: Tensor,
    inside: Tensor,
    labels: Tensor,
    top: int = 13,
    alpha: float = 1.0,
    beta: float = 6.0,
) -> Assigned:
    """As `assign`, for boxes of any form: overlap (N, M, A) of box and prediction, inside (N, M, A) which cells may
    learn which box, false for padding."""
    count, cells, _ = scores.shape
    if overlap.shape[1] == 0:
        none = torch.zeros(count, cells, dtype=torch.long, device=scores.device)
        return Assigned(none, none.bool(), torch.zeros_like(scores))
    of_label = scores.transpose(1, 2).gather(1, labels[:, :, None].expand(-1, -1, cells))
    align = (of_label.pow(alpha) * overlap.pow(beta)) * inside
    best = align.topk(min(top, cells), dim=2).indices
    picked = torch.zeros_like(align).scatter_(2, best, 1.0).bool() & inside
    contested = picked.sum(1, keepdim=True) > 1
    owner = torch.where(picked, overlap, -1.0).argmax(1, keepdim=True)
    mine = torch.zeros_like(picked).scatter_(1, owner, True)
    picked = torch.where(contested, picked & mine, picked)
    positive = picked.any(1)
    index = picked.to(torch.uint8).argmax(1)
    align = align * picked
    scaled = align / (align.amax(2, keepdim=True) + EPS) * (overlap * picked).amax(2, keepdim=True)
    value = scaled.amax(1)
    target = torch.zeros_like(scores)
    target.scatter_(2, labels.gather(1, index)[..., None], (value * positive)[..., None])
    return Assigned(index, positive, target)


def _inside(centres: Tensor, truth: Tensor, least: float = 12.0) -> Tensor:
    """Which centres lie in which box (N, M, A); a box thinner than `least` px is widened to hold one."""
    middle = (truth[..., :2] + truth[..., 2:]) / 2
    half = ((truth[..., 2:] - truth[..., :2]) / 2).clamp(min=least / 2)
    return ((centres[None, None] - middle[:, :, None]).abs() < half[:, :, None]).all(-1)
