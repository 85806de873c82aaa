"""The third opinion: likeness of sounds whose times are bent onto each other, by dynamic time warping.

Words are spoken faster here and slower there: what is compared are moments that belong together, not those at one
time (Sakoe and Chiba 1978). Remembered are training sounds as they are. On speakers never heard it errs less than the
network and the memory do, and elsewhere.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tongguan.train.recipes.sound_classification.run.likeness import RIDGE, Likeness, reading, wanted

POINTS = 24
"""Points in time that are read of each sound."""
BAND = 6
"""Points by which one sound may run ahead of the other."""
CHANGE = 3.0
"""Weight of the change from point to point beside the cepstra."""
SPREAD = 4.0
"""Exponent of the likeness of two training sounds at their mean distance."""
SHARPNESS = 12.0
FAR = 1e9
PART = 16
"""Sounds that are compared with all others at once."""


class Warped(Likeness):
    """Distance of two sounds: squared distances of their moments (cepstra and change) along the best path through the
    table of both, steps in both weighing twice, divided by the weight of the path, which is the same for all.
    """

    reading: Tensor
    places: Tensor

    def __init__(self, sounds: NDArray[np.float32], truth: NDArray[np.int64], classes: int) -> None:
        """sounds (n, bands, frames) are kept; truth (n,) is their class. Compares all n with one another."""
        super().__init__(sounds.shape[1], SHARPNESS)
        self.register_buffer("reading", torch.from_numpy(reading(sounds.shape[2], POINTS).astype(np.float32)))
        self.register_buffer("places", torch.from_numpy(_places()))
        seen = self._seen(torch.from_numpy(sounds))
        self.register_buffer("sounds", seen.flatten(0, 1).T.contiguous())
        self.register_buffer("squares", (seen**2).sum(2))
        with torch.no_grad():
            apart = torch.cat([self._apart(seen[at : at + PART]) for at in range(0, len(seen), PART)]).double()
        apart = (apart + apart.T) / 2
        self.scale = SPREAD / max(1e-9, float(apart.mean()))
        # Bent likeness is no inner product: what would count as less than nothing is left out.
        values, vectors = torch.linalg.eigh(torch.exp(-self.scale * apart))
        fitted = (vectors.T @ wanted(truth, classes)) / (values.clamp(min=0) + RIDGE)[:, None]
        self.register_buffer("answers", (vectors @ fitted).float())

    def likeness(self, sounds: Tensor) -> Tensor:
        """As of the class above."""
        return torch.exp(-self.scale * self._apart(self._seen(sounds)))

    def _seen(self, sounds: Tensor) -> Tensor:
        """(N, bands, frames) -> (N, points, features)."""
        at = self.cosines @ sounds @ self.reading
        inner = (at[:, :, 2:] - at[:, :, :-2]) / 2
        change = torch.cat([at[:, :, 1:2] - at[:, :, :1], inner, at[:, :, -1:] - at[:, :, -2:-1]], 2)
        return torch.cat([at, CHANGE * change], 1).transpose(1, 2)

    def _apart(self, seen: Tensor) -> Tensor:
        """(N, points, features) -> distances (N, n), by anti-diagonals of the table: on one, no cell needs another."""
        known = self.squares.shape[0]
        inner = (seen @ self.sounds).reshape(-1, POINTS, known, POINTS)
        table = (seen**2).sum(2)[:, :, None, None] + self.squares - 2 * inner
        table = table.clamp(min=0).transpose(1, 2).reshape(-1, known, POINTS * POINTS)
        beside = table[:, :, :1] * 0 + FAR
        cost = torch.cat([table, beside], 2)[:, :, self.places.flatten()]
        width = 2 * BAND + 1
        before, last = torch.cat([beside] * width, 2), cost[:, :, :width]
        for at in range(1, 2 * POINTS - 1):
            here = cost[:, :, at * width : (at + 1) * width]
            ahead = torch.cat([last[:, :, 1:], beside], 2)
            behind = torch.cat([beside, last[:, :, :-1]], 2)
            before, last = last, torch.minimum(before + 2 * here, torch.minimum(ahead, behind) + here)
        return last[:, :, BAND] / (2 * POINTS)


def _places() -> NDArray[np.int64]:
    """(2 points - 1, 2 band + 1): cell of the table that stands on an anti-diagonal, by how far one runs ahead; the
    cell after the last where there is none."""
    diagonal, ahead = np.mgrid[0 : 2 * POINTS - 1, -BAND : BAND + 1]
    one, other = (diagonal + ahead) // 2, (diagonal - ahead) // 2
    there = ((diagonal + ahead) % 2 == 0) & (np.minimum(one, other) >= 0) & (np.maximum(one, other) < POINTS)
    return np.where(there, one * POINTS + other, POINTS * POINTS).astype(np.int64)
