"""Scratches: thin, long, mostly bright lines, a little curved, fading in and out."""

from __future__ import annotations

import numpy as np

from tongguan.industries.steel_plates.defects.base import Strength, span
from tongguan.industries.steel_plates.noise import Field, Random


class Scratches:
    """One scratch, sometimes with a second one beside it, at any angle but rarely across the rolling direction."""

    name = "scratches"
    share = 0.25

    def draw(self, rng: Random, strength: Strength, room: tuple[int, int]) -> Field:
        """A polyline of slowly turning direction, splatted with a soft brush."""
        length = span(rng, 60, 190, strength.size, int(min(room) * 0.95) if rng.random() < 0.3 else room[1])
        angle = float(rng.normal(0, 0.35)) if rng.random() < 0.75 else float(rng.uniform(-1.57, 1.57))
        radius = float(rng.uniform(0.8, 1.6))
        bright = 1.0 if rng.random() < 0.8 else -0.8
        steps = np.arange(length * 2, dtype=np.float32) / 2
        bend = float(rng.normal(0, 0.0022))
        turning = angle + bend * steps + np.cumsum(rng.normal(0, 0.006, len(steps)))
        x, y = np.cumsum(np.cos(turning)) / 2, np.cumsum(np.sin(turning)) / 2
        fade = np.clip(np.minimum(steps, steps[::-1]) / (length * 0.15) + 0.35, 0, 1)
        fade = fade * (0.8 + 0.2 * np.sin(steps / rng.uniform(4, 15) + rng.uniform(0, 6)))
        field = _stroke(x, y, fade, radius, room)
        if rng.random() < 0.25:
            offset = float(rng.uniform(3, 7))
            field = np.maximum(field, _stroke(x, y + offset, fade * 0.8, radius, room, like=field))
        return field * np.float32(bright * (0.12 + strength.contrast * 1.5))


def _stroke(
    x: np.ndarray[tuple[int], np.dtype[np.float64]],
    y: np.ndarray[tuple[int], np.dtype[np.float64]],
    weight: np.ndarray[tuple[int], np.dtype[np.float64]],
    radius: float,
    room: tuple[int, int],
    like: Field | None = None,
) -> Field:
    margin = 4
    height = int(np.ptp(y)) + 2 * margin + 8 if like is None else like.shape[0]
    width = int(np.ptp(x)) + 2 * margin + 1 if like is None else like.shape[1]
    height, width = min(height, room[0]), min(width, room[1])
    left = x - x.min() + margin
    top = y - y.min() + margin if like is None else y - y.min() + margin + 5
    field = np.zeros((height, width), dtype=np.float32)
    for dy in range(-2, 3):
        for dx in range(-2, 3):
            row, column = np.rint(top).astype(int) + dy, np.rint(left).astype(int) + dx
            distance = np.hypot(row - top, column - left)
            value = weight * np.clip(radius + 0.5 - distance, 0, 1)
            inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
            np.maximum.at(field, (row[inside], column[inside]), value[inside].astype(np.float32))
    return field
