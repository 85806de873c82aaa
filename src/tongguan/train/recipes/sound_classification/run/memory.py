"""The second opinion: a kernel machine that remembers varied training sounds and answers by likeness.

A Gaussian kernel over the bands and their change in time. On words of few speakers it errs elsewhere than the network
does.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tongguan.train.recipes.sound_classification.run.likeness import RIDGE, Likeness, reading, wanted

CHANGE = 2.0
"""Weight of the change from frame to frame beside the bands themselves (Furui 1986)."""
SHARE, LEAST_POINTS = 0.6, 24
"""Points in time that are compared, as a share of the frames, and the fewest: small shifts then count less."""
SHARPNESS = 9.0


class Memory(Likeness):
    """Compared are liftered cepstra x = B s R of sounds s, read at fewer points in time. Their change x D counts too,
    with weight w: |x|^2 + w^2 |x D|^2 = |x C|^2 where C C' = I + w^2 D D', so that what is remembered stays small.
    """

    mix: Tensor

    def __init__(self, sounds: NDArray[np.float32], truth: NDArray[np.int64], classes: int) -> None:
        """sounds (n, bands, frames) are kept; truth (n,) is their class. Solves n equations."""
        super().__init__(sounds.shape[1], SHARPNESS)
        self.register_buffer("mix", _mix(sounds.shape[2]))
        seen = self._seen(torch.from_numpy(sounds))
        squares = (seen**2).sum(1)
        self.scale = 1.0 / max(1e-9, float(squares.mean()))
        self.register_buffer("sounds", seen.T.contiguous())
        self.register_buffer("squares", squares)
        kernel = self._alike(seen).double()
        kernel.diagonal().add_(RIDGE)
        answers = torch.cholesky_solve(wanted(truth, classes), torch.linalg.cholesky(kernel))
        self.register_buffer("answers", answers.float())

    def likeness(self, sounds: Tensor) -> Tensor:
        """As of the class above."""
        return self._alike(self._seen(sounds))

    def _seen(self, sounds: Tensor) -> Tensor:
        """(N, bands, frames) -> (N, features)."""
        return (self.cosines @ sounds @ self.mix).flatten(1)

    def _alike(self, seen: Tensor) -> Tensor:
        apart = (seen**2).sum(1, keepdim=True) + self.squares - 2 * (seen @ self.sounds)
        return torch.exp(-self.scale * apart.clamp(min=0))


def _mix(frames: int) -> Tensor:
    """C of the class's equation after reading the sound at fewer points, (frames, points)."""
    points = min(frames, max(LEAST_POINTS, round(SHARE * frames)))
    change = np.asarray(np.gradient(np.eye(points), axis=1))
    root = np.linalg.cholesky(np.eye(points) + CHANGE**2 * change @ change.T)
    return torch.from_numpy((reading(frames, points) @ root).astype(np.float32))
