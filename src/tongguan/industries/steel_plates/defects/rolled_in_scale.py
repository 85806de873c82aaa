"""Rolled-in scale: mill scale pressed into the surface, a field of dark, ragged flakes drawn out along the rolling."""

from __future__ import annotations

import numpy as np

from tongguan.industries.steel_plates.defects.base import Strength, span
from tongguan.industries.steel_plates.noise import Field, Random, island, ramp, smooth


class RolledInScale:
    """Flakes of about 5 x 14 pixels that cover a third to a half of an irregular area."""

    name = "rolled-in_scale"
    share = 0.12

    def draw(self, rng: Random, strength: Strength, room: tuple[int, int]) -> Field:
        """Two thresholded fields of noise inside an island."""
        width = span(rng, 80, 165, strength.size, room[1])
        height = span(rng, 55, 125, strength.size, room[0])
        flakes = smooth(rng, height, width, 3.5, 10) + 0.6 * smooth(rng, height, width, 2, 4)
        dark = ramp(flakes, 0.25, 0.75)
        bright = ramp(-flakes, 1.2, 1.8) * 0.45
        shape = ramp(island(rng, height, width, roughness=0.45, cells=4), 0.15, 0.7)
        return shape * (bright - dark) * np.float32(strength.contrast * 1.15)
