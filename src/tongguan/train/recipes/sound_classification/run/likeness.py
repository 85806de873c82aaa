"""What answers by likeness share: cepstra, reading at even points in time, answers of remembered sounds."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.fft import dct
from torch import Tensor, nn

CEPSTRA, LIFT = 12, 2.0
"""Cosines over the bands that are compared, and how much the middle ones count more: fine ripples over frequency are
the pitch, slow ones the microphone (Juang, Rabiner and Wilpon 1987, liftering)."""
RIDGE = 0.3


class Likeness(nn.Module):
    """Sounds (N, 1, bands, frames) -> scores (N, classes) to be added to logits: what remembered sounds answer, each as
    far as the sound is like it (kernel ridge regression on one column a class: Saunders, Gammerman and Vovk 1998).

    sharpness: factor that makes answers, about 1 apart, comparable with logits.
    """

    cosines: Tensor
    sounds: Tensor
    squares: Tensor
    answers: Tensor

    def __init__(self, bands: int, sharpness: float) -> None:
        super().__init__()
        self.register_buffer("cosines", _cosines(bands))
        self.sharpness = sharpness

    def likeness(self, sounds: Tensor) -> Tensor:
        """(N, bands, frames) -> from 0 to 1 to each remembered sound, (N, n)."""
        raise NotImplementedError

    def forward(self, sounds: Tensor) -> Tensor:
        """Scores of every class."""
        scores: Tensor = self.sharpness * (self.likeness(sounds[:, 0]) @ self.answers)
        return scores


def wanted(truth: NDArray[np.int64], classes: int) -> Tensor:
    """Answers to fit, (n, classes): one column a class, without its mean."""
    return nn.functional.one_hot(torch.from_numpy(truth), classes).double() - 1.0 / classes


def reading(frames: int, points: int) -> NDArray[np.float64]:
    """How a sound is read at evenly spaced points, (frames, points): linear between frames; of a long sound the frames
    around a point are averaged, so that none goes unheard."""
    places = np.linspace(0, frames - 1, points)
    half = max(1.0, (frames - 1) / (points - 1) / 2)
    weights = np.maximum(0.0, 1 - np.abs(np.arange(frames)[:, None] - places) / half)
    return weights / weights.sum(axis=0)


def _cosines(bands: int) -> Tensor:
    """Liftered cosines over the bands, (cepstra, bands)."""
    count = min(CEPSTRA, bands)
    lift = 1 + LIFT * np.sin(np.pi * np.arange(count) / count)
    rows = dct(np.eye(bands), axis=0, norm="ortho")[:count] * lift[:, None]
    return torch.from_numpy(rows.astype(np.float32))
