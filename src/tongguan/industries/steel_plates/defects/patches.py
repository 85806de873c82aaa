"""Patches: blotches of another grey with a clear, irregular coast."""

from __future__ import annotations

import numpy as np

from tongguan.industries.steel_plates.defects.base import Strength, span
from tongguan.industries.steel_plates.noise import Field, Random, island, ramp, smooth


class Patches:
    """One large blotch, mottled inside; most are darker than the plate, some lighter."""

    name = "patches"
    share = 0.20

    def draw(self, rng: Random, strength: Strength, room: tuple[int, int]) -> Field:
        """An island with lakes."""
        width = span(rng, 48, 110, strength.size, room[1])
        height = span(rng, 40, 95, strength.size, room[0])
        shape = island(rng, height, width, roughness=0.6, cells=5)
        lakes = 0.55 + 0.45 * ramp(smooth(rng, height, width, 7, 9), -1.2, 0.3)
        sign = -1.0 if rng.random() < 0.8 else 0.7
        return shape * lakes * np.float32(sign * strength.contrast * 1.15)
