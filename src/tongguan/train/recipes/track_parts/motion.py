"""Where tracks are expected: a Kalman filter with constant velocity for each of centre, width and height.

Kalman (1960); noise in shares of the height of the box, as in DeepSORT (Wojke et al. 2017). The four numbers of a box
move on their own, so that the covariance of each is a 2 x 2 matrix, held as (place, both, speed).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FIRST_SPEED = 3.0
"""How unsure the speed of a new track is, in units of the motion noise."""


class Motion:
    """The filters of all tracks. place and speed: (T, 4) as centre x, centre y, width, height, in pixels and pixels a
    frame. motion: change of speed a frame; noise: of a detection; both in shares of the height."""

    def __init__(self, motion: float, noise: float) -> None:
        self._motion, self._noise = motion, noise
        self.place = np.zeros((0, 4))
        self.speed = np.zeros((0, 4))
        self._spread = np.zeros((0, 4, 3))

    def add(self, boxes: Floats) -> None:
        """New tracks at boxes (n, 4), standing still as far as is known."""
        scale = np.maximum(boxes[:, 3:4], 1.0)
        spread = np.zeros((len(boxes), 4, 3))
        spread[..., 0] = (self._noise * scale) ** 2
        spread[..., 2] = (FIRST_SPEED * self._motion * scale) ** 2
        self.place = np.concatenate([self.place, boxes])
        self.speed = np.concatenate([self.speed, np.zeros_like(boxes)])
        self._spread = np.concatenate([self._spread, spread])

    def keep(self, which: NDArray[np.bool_]) -> None:
        """Forgets the others."""
        self.place, self.speed, self._spread = self.place[which], self.speed[which], self._spread[which]

    def step(self) -> None:
        """One frame on."""
        push = (self._motion * np.maximum(self.place[:, 3:4], 1.0)) ** 2
        self.place = self.place + self.speed
        self.place[:, 2:] = np.maximum(self.place[:, 2:], 1e-3)
        place, both, speed = (self._spread[..., at] for at in range(3))
        self._spread = np.stack([place + 2 * both + speed + push / 4, both + speed + push / 2, speed + push], axis=-1)

    def shift(self, by: Floats) -> None:
        """The camera has moved: every place by (2,) pixels."""
        self.place[:, :2] += by

    def see(self, which: NDArray[np.int64], boxes: Floats) -> None:
        """Detections (n, 4) of the tracks `which`."""
        noise = (self._noise * np.maximum(boxes[:, 3:4], 1.0)) ** 2
        spread = self._spread[which]
        place, both, speed = (spread[..., at] for at in range(3))
        gain, turn = place / (place + noise), both / (place + noise)
        missed = boxes - self.place[which]
        self.place[which] += gain * missed
        self.speed[which] += turn * missed
        self._spread[which] = np.stack([(1 - gain) * place, (1 - gain) * both, speed - turn * both], axis=-1)
