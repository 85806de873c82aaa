"""The second opinion: a kernel machine that remembers varied training sounds and answers by likeness.

Kernel ridge regression on one column a class (Saunders, Gammerman and Vovk 1998), with a Gaussian kernel over the bands
and their change in time. On words of few speakers it errs elsewhere than the network does.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.fft import dct
from torch import Tensor, nn

CHANGE = 2.0
"""Weight of the change from frame to frame beside the bands themselves (Furui 1986)."""
SHARE, LEAST_POINTS = 0.6, 24
"""Points in time that are compared, as a share of the frames, and the fewest: small shifts then count less."""
CEPSTRA, LIFT = 12, 2.0
"""Cosines over the bands that are compared, and how much the middle ones count more: fine ripples over frequency are
the pitch, slow ones the microphone (Juang, Rabiner and Wilpon 1987, liftering)."""
RIDGE = 0.3
SHARPNESS = 9.0
"""Factor that makes answers, about 1 apart, comparable with logits: with it the scores of new voices fit the share that
is right."""


class Memory(nn.Module):
    """Sounds (N, 1, bands, frames) -> scores (N, classes) to be added to logits.

    Compared are liftered cepstra x = B s R of sounds s, read at fewer points in time. Their change x D counts too, with
    weight w: |x|^2 + w^2 |x D|^2 = |x C|^2 where C C' = I + w^2 D D', so that what is remembered stays small.
    """

    cosines: Tensor
    mix: Tensor
    sounds: Tensor
    squares: Tensor
    answers: Tensor

    def __init__(self, sounds: NDArray[np.float32], truth: NDArray[np.int64], classes: int) -> None:
        """sounds (n, bands, frames) are kept; truth (n,) is their class. Solves n equations."""
        super().__init__()
        self.register_buffer("cosines", cosines(sounds.shape[1]))
        self.register_buffer("mix", _mix(sounds.shape[2]))
        seen = self._seen(torch.from_numpy(sounds))
        squares = (seen**2).sum(1)
        self.scale = 1.0 / max(1e-9, float(squares.mean()))
        self.register_buffer("sounds", seen.T.contiguous())
        self.register_buffer("squares", squares)
        target = nn.functional.one_hot(torch.from_numpy(truth), classes).double() - 1.0 / classes
        kernel = self._likeness(seen).double()
        kernel.diagonal().add_(RIDGE)
        self.register_buffer("answers", torch.cholesky_solve(target, torch.linalg.cholesky(kernel)).float())

    def forward(self, sounds: Tensor) -> Tensor:
        """Scores of every class."""
        scores: Tensor = SHARPNESS * (self._likeness(self._seen(sounds[:, 0])) @ self.answers)
        return scores

    def _seen(self, sounds: Tensor) -> Tensor:
        """(N, bands, frames) -> (N, features)."""
        return (self.cosines @ sounds @ self.mix).flatten(1)

    def _likeness(self, seen: Tensor) -> Tensor:
        apart = (seen**2).sum(1, keepdim=True) + self.squares - 2 * (seen @ self.sounds)
        return torch.exp(-self.scale * apart.clamp(min=0))


def cosines(bands: int) -> Tensor:
    """Liftered cosines over the bands, (cepstra, bands)."""
    count = min(CEPSTRA, bands)
    lift = 1 + LIFT * np.sin(np.pi * np.arange(count) / count)
    rows = dct(np.eye(bands), axis=0, norm="ortho")[:count] * lift[:, None]
    return torch.from_numpy(rows.astype(np.float32))


def reading(frames: int, points: int) -> NDArray[np.float64]:
    """How a sound is read at evenly spaced points, (frames, points): linear between frames."""
    places = np.linspace(0, frames - 1, points)
    return np.maximum(0.0, 1 - np.abs(np.arange(frames)[:, None] - places))


def _mix(frames: int) -> Tensor:
    """C of the class's equation after reading the sound at fewer points, (frames, points)."""
    points = min(frames, max(LEAST_POINTS, round(SHARE * frames)))
    change = np.asarray(np.gradient(np.eye(points), axis=1))
    root = np.linalg.cholesky(np.eye(points) + CHANGE**2 * change @ change.T)
    return torch.from_numpy((reading(frames, points) @ root).astype(np.float32))
