"""Flips, zoom, shift and light for a batch, by one `grid_sample`, with the boxes moved along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

KEEP_AREA = 0.25
"""A box of which less than this share stays in the picture is dropped."""


@dataclass(frozen=True, slots=True)
class Strength:
    """How far pictures are changed: zoom in [1 / (1 + zoom), 1 + zoom], shift as share of the side, flips, light."""

    zoom: float
    shift: float
    flip_x: bool
    flip_y: bool
    light: float


@dataclass(frozen=True, slots=True)
class Moves:
    """One affine move per picture: factor and offset such that moved = factor * old + offset, per axis, in pixels."""

    factor: Tensor  # (N, 2), negative = flipped
    offset: Tensor  # (N, 2)
    gain: Tensor  # (N,)
    lift: Tensor  # (N,)


def draw(rng: np.random.Generator, count: int, size: int, strength: Strength) -> Moves:
    """Draws the moves of a batch; all randomness is in `rng`, so that a step can be repeated."""
    reach = np.log1p(strength.zoom)
    zoom = np.exp(rng.uniform(-reach, reach, (count, 1))) * np.exp(rng.uniform(-0.15, 0.15, (count, 2)) * (reach > 0))
    sign = np.where(rng.random((count, 2)) < 0.5, -1.0, 1.0)
    sign[:, 0] = sign[:, 0] if strength.flip_x else 1.0
    sign[:, 1] = sign[:, 1] if strength.flip_y else 1.0
    centre = size / 2
    # A zoomed-in picture may move by what it hides, a zoomed-out one by what it leaves free.
    slack = np.abs(zoom - 1) * centre + strength.shift * size
    shift = rng.uniform(-1, 1, (count, 2)) * slack
    factor = zoom * sign
    gain = np.exp(rng.uniform(-strength.light, strength.light, count))
    lift = rng.uniform(-strength.light, strength.light, count)
    tensors = (factor, centre - factor * centre + shift, gain, lift)
    return Moves(*(torch.from_numpy(np.asarray(one, dtype=np.float32)) for one in tensors))


def apply(pictures: Tensor, moves: Moves) -> Tensor:
    """Normalised pictures (N, 3, S, S), 0 = the grey of the border -> the moved ones."""
    moved = functional.grid_sample(
        pictures, _grid(pictures, moves), mode="bilinear", padding_mode="zeros", align_corners=False
    )
    gain, lift = (one.to(pictures.device)[:, None, None, None] for one in (moves.gain, moves.lift))
    return moved * gain + lift


def apply_to_classes(classes: Tensor, moves: Moves) -> Tensor:
    """Maps of class numbers (N, S, S), 0 = background -> the moved ones; what comes in from outside is background."""
    maps = classes[:, None].float()
    moved = functional.grid_sample(maps, _grid(maps, moves), mode="nearest", padding_mode="zeros", align_corners=False)
    return moved[:, 0].round().long()


def _grid(pictures: Tensor, moves: Moves) -> Tensor:
    """Where each pixel of the moved pictures (N, C, S, S) comes from."""
    size = pictures.shape[-1]
    factor, offset = moves.factor.to(pictures.device), moves.offset.to(pictures.device)
    # affine_grid maps output to input in [-1, 1]: old = (moved - offset) / factor.
    scale = 1.0 / factor
    shift = ((size - 2 * offset) / factor - size) / size
    theta = torch.zeros(len(pictures), 2, 3, device=pictures.device)
    theta[:, 0, 0], theta[:, 1, 1] = scale[:, 0], scale[:, 1]
    theta[:, :, 2] = shift
    return functional.affine_grid(theta, list(pictures.shape), align_corners=False)


def move_boxes(boxes: np.ndarray, factor: np.ndarray, offset: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Boxes (M, 4) as x1 y1 x2 y2 after one move, clipped to the picture, and which of them are kept (M,)."""
    if not len(boxes):
        return boxes, np.zeros(0, dtype=bool)
    ends = boxes.reshape(-1, 2, 2) * factor + offset
    moved = np.concatenate([ends.min(axis=1), ends.max(axis=1)], axis=1)
    clipped = np.clip(moved, 0, size)
    area = (moved[:, 2:] - moved[:, :2]).prod(axis=1)
    left = (clipped[:, 2:] - clipped[:, :2]).prod(axis=1)
    sides = (clipped[:, 2:] - clipped[:, :2]).min(axis=1)
    return clipped, (left >= KEEP_AREA * area) & (sides > 1.0)
