"""Pitted surface: a field of many small dark pits, each with a bright rim on one side."""

from __future__ import annotations

import numpy as np

from tongguan.industries.steel_plates.defects.base import Strength, span
from tongguan.industries.steel_plates.noise import Field, Random


class PittedSurface:
    """Pits of one to three pixels, dense in the middle and thinning out to the edge."""

    name = "pitted_surface"
    share = 0.09

    def draw(self, rng: Random, strength: Strength, room: tuple[int, int]) -> Field:
        """Pits at normally distributed places inside an ellipse."""
        width = span(rng, 70, 150, strength.size, room[1])
        height = span(rng, 55, 120, strength.size, room[0])
        field = np.zeros((height, width), dtype=np.float32)
        number = int(width * height * rng.uniform(0.016, 0.028))
        places = np.clip(rng.normal(0, 0.42, (number, 2)), -0.97, 0.97)
        places = places[np.hypot(places[:, 0], places[:, 1]) < 0.97]
        for y, x in places:
            _pit(field, (y + 1) / 2 * height, (x + 1) / 2 * width, float(rng.triangular(0.6, 0.9, 2.2)))
        return np.clip(field, -1, 0.5) * np.float32(strength.contrast * 1.5)


def _pit(field: Field, y: float, x: float, radius: float) -> None:
    top, left = max(int(y) - 3, 0), max(int(x) - 3, 0)
    part = field[top : int(y) + 4, left : int(x) + 4]
    if not part.size:
        return
    rows = np.arange(top, top + part.shape[0], dtype=np.float32)[:, None] - y
    columns = np.arange(left, left + part.shape[1], dtype=np.float32)[None, :] - x
    pit = np.clip(radius + 0.5 - np.hypot(rows, columns), 0, 1)
    rim = np.clip(radius + 0.5 - np.hypot(rows - 1, columns - 1), 0, 1) * (1 - pit)
    part += (0.35 * rim - pit).astype(np.float32)
